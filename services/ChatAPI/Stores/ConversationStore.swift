import Events
import ModelStreaming
import WebFormats

/// Which conversation, and whose it is.
struct ConversationKey: Sendable, Hashable {
    var id: String
    /// The user who began it; empty where nobody has to say who they are.
    var owner: String
}

/// How much of a conversation a model is shown again.
struct HistoryLimit: Sendable, Hashable {
    /// The most messages.
    var messages = 100
    /// The most text, in bytes of UTF-8.
    var bytes = 256 * 1024
}

/// Where conversations are kept.
protocol ConversationStore: Sendable {
    /// A UUID for a new conversation, which nobody guesses, and which lies well among the others.
    func newIdentifier() -> String

    /// The latest messages of a conversation, the oldest of them first; none for one that nobody has begun.
    ///
    /// - Throws: ``ConversationError/foreign`` for somebody else's conversation.
    func history(of conversation: ConversationKey, limit: HistoryLimit) async throws -> [ChatMessage]

    /// Adds messages to a conversation, all or none, and begins it if need be.
    ///
    /// This finishes even when the task is cancelled: what was said is worth keeping. NUL, which ends a text in C and
    /// so in some databases, is kept as U+FFFD.
    ///
    /// - Throws: ``ConversationError/foreign`` for somebody else's conversation.
    func append(_ messages: [ChatMessage], to conversation: ConversationKey) async throws

    /// Some of an owner's conversations, the one that was used last first.
    ///
    /// - Parameters:
    ///   - owner: Whose.
    ///   - limit: How many at most.
    ///   - continuation: Where the page before has ended.
    /// - Returns: A page.
    /// - Throws: ``ConversationError/unknownContinuation``.
    func conversations(of owner: String, limit: Int, after continuation: String?) async throws -> ConversationPage

    /// Some of a conversation's messages: the latest on the first page, and on each page the oldest first.
    ///
    /// - Parameters:
    ///   - conversation: Which.
    ///   - limit: How many at most; a page that has much text ends earlier, though never empty.
    ///   - continuation: Where the page before has ended.
    /// - Returns: `nil` where nobody has begun the conversation.
    /// - Throws: ``ConversationError/foreign``, ``ConversationError/unknownContinuation``.
    func messages(
        of conversation: ConversationKey,
        limit: HistoryLimit,
        after continuation: String?
    ) async throws -> MessagePage?

    /// Removes a conversation with all its messages, in a task that is cancelled, too.
    ///
    /// - Returns: Whether there was one.
    /// - Throws: ``ConversationError/foreign`` for somebody else's conversation.
    func delete(_ conversation: ConversationKey) async throws -> Bool
}

extension ConversationStore {
    /// Chance spreads conversations evenly, as Azure's tables want their partitions.
    ///
    /// Source: learn.microsoft.com/azure/storage/tables/table-storage-design-guidelines
    func newIdentifier() -> String { UniqueIdentifier.random() }
}

extension ChatMessage {
    /// The text without the one character that not every store can keep.
    var storableContent: String {
        content.utf8.contains(0) ? content.replacing("\0", with: "\u{FFFD}") : content
    }
}

enum ConversationError: Error, Sendable, Hashable {
    /// The conversation is somebody else's.
    case foreign
    /// No page has ended there.
    case unknownContinuation
    /// Others have changed it again and again.
    case contended
    /// What is kept cannot be understood; says what.
    case unreadable(String)
}

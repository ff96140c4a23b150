import ModelStreaming

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
}

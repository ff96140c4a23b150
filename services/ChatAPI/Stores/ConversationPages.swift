import Events
import ModelStreaming

/// A conversation as a list shows it.
struct ConversationSummary: Sendable, Hashable {
    let id: String
    /// How its first question begins.
    let title: String
    let createdAt: Timestamp
    let updatedAt: Timestamp
    /// How many messages it has.
    let messages: Int
}

struct ConversationPage: Sendable, Hashable {
    let conversations: [ConversationSummary]
    /// Where the next page begins; `nil` after the last.
    let next: String?
}

/// A message as it is kept.
struct StoredMessage: Sendable, Hashable {
    let id: String
    let message: ChatMessage
    let createdAt: Timestamp
}

struct MessagePage: Sendable, Hashable {
    /// When the conversation was begun.
    let createdAt: Timestamp
    /// The oldest first.
    let messages: [StoredMessage]
    /// Where the page with the messages before these begins; `nil` after the last.
    let next: String?
}

/// What a conversation is called in a list.
enum ConversationTitle {
    /// The longest title, in characters.
    static let length = 80

    /// How a question begins, on one line.
    static func title(of question: String) -> String {
        // Some words are enough of a text that may be long.
        let words = question.prefix(length * 4).split(whereSeparator: \.isWhitespace)
        let line = words.joined(separator: " ")
        return line.count > length ? line.prefix(length - 1) + "…" : line
    }

    /// The title that messages give to the conversation which they begin.
    static func title(of messages: [ChatMessage]) -> String {
        title(of: messages.first { $0.role == .user }?.storableContent ?? "")
    }
}

/// Collects a conversation's latest messages, from the last one backwards, until there are enough.
struct LatestMessages {
    let limit: HistoryLimit
    /// Whether the first may be larger than the limit.
    let isNeverEmpty: Bool
    /// Whether something was refused.
    private(set) var isCut = false
    private var size = 0
    private var chosen: [StoredMessage] = []

    init(within limit: HistoryLimit, isNeverEmpty: Bool) {
        self.limit = limit
        self.isNeverEmpty = isNeverEmpty
    }

    /// What was taken, the oldest first.
    var messages: [StoredMessage] { chosen.reversed() }

    /// Takes the message before those that were taken.
    ///
    /// - Returns: Whether it was taken; after the first that was not, no other is.
    mutating func take(_ stored: StoredMessage) -> Bool {
        size += stored.message.content.utf8.count
        let fits = size <= limit.bytes || (isNeverEmpty && chosen.isEmpty)
        if !fits || chosen.count >= limit.messages { isCut = true }
        if !isCut { chosen.append(stored) }
        return !isCut
    }
}

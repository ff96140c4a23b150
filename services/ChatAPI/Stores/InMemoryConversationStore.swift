import Events
import ModelStreaming
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Conversations that end with the process.
final class InMemoryConversationStore: ConversationStore {
    private struct Conversation {
        let owner: String
        let title: String
        let createdAt: Timestamp
        var updatedAt: Timestamp
        /// Counts all changes of all conversations, so that the order of two is always plain.
        var turn: Int
        var messages: [StoredMessage] = []
    }

    private struct State {
        var conversations: [String: Conversation] = [:]
        var turns = 0
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> Date

    init(now: @escaping @Sendable () -> Date = { Date() }) {
        self.now = now
    }

    func history(of key: ConversationKey, limit: HistoryLimit) async throws -> [ChatMessage] {
        guard let conversation = try conversation(key) else { return [] }
        var latest = LatestMessages(within: limit, isNeverEmpty: false)
        for stored in conversation.messages.reversed() where !latest.take(stored) { break }
        return latest.messages.map(\.message)
    }

    func append(_ messages: [ChatMessage], to key: ConversationKey) async throws {
        if messages.isEmpty { return }
        let time = Timestamp(now())
        try state.withLock { state in
            var conversation =
                state.conversations[key.id]
                ?? Conversation(
                    owner: key.owner,
                    title: ConversationTitle.title(of: messages),
                    createdAt: time,
                    updatedAt: time,
                    turn: 0
                )
            guard conversation.owner == key.owner else { throw ConversationError.foreign }
            state.turns += 1
            conversation.turn = state.turns
            conversation.updatedAt = time
            for message in messages {
                let message = ChatMessage(role: message.role, content: message.storableContent)
                conversation.messages.append(
                    StoredMessage(id: "\(conversation.messages.count + 1)", message: message, createdAt: time)
                )
            }
            state.conversations[key.id] = conversation
        }
    }

    func conversations(
        of owner: String,
        limit: Int,
        after continuation: String?
    ) async throws -> ConversationPage {
        let end = try continuation.map { text throws(ConversationError) in
            guard let turn = Int(text) else { throw .unknownContinuation }
            return turn
        }
        let found = state.withLock { state in
            state.conversations.filter { $0.value.owner == owner && $0.value.turn < end ?? .max }
        }
        let shown = found.sorted { $0.value.turn > $1.value.turn }.prefix(limit)
        return ConversationPage(
            conversations: shown.map { id, conversation in
                ConversationSummary(
                    id: id,
                    title: conversation.title,
                    createdAt: conversation.createdAt,
                    updatedAt: conversation.updatedAt,
                    messages: conversation.messages.count
                )
            },
            next: shown.count < found.count ? shown.last.map { "\($0.value.turn)" } : nil
        )
    }

    func messages(
        of key: ConversationKey,
        limit: HistoryLimit,
        after continuation: String?
    ) async throws -> MessagePage? {
        guard let conversation = try conversation(key) else { return nil }
        let end = try continuation.map { text throws(ConversationError) in
            guard let number = Int(text), number > 0 else { throw .unknownContinuation }
            return number - 1
        }
        var page = LatestMessages(within: limit, isNeverEmpty: true)
        for stored in conversation.messages.prefix(end ?? .max).reversed() where !page.take(stored) { break }
        return MessagePage(
            createdAt: conversation.createdAt,
            messages: page.messages,
            next: page.isCut ? page.messages.first?.id : nil
        )
    }

    func delete(_ key: ConversationKey) async throws -> Bool {
        try state.withLock { state in
            guard let conversation = state.conversations[key.id] else { return false }
            guard conversation.owner == key.owner else { throw ConversationError.foreign }
            return state.conversations.removeValue(forKey: key.id) != nil
        }
    }

    private func conversation(_ key: ConversationKey) throws(ConversationError) -> Conversation? {
        guard let conversation = state.withLock({ $0.conversations[key.id] }) else { return nil }
        guard conversation.owner == key.owner else { throw .foreign }
        return conversation
    }
}

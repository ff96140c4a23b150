import ModelStreaming
import Synchronization

/// Conversations that end with the process.
final class InMemoryConversationStore: ConversationStore {
    private struct Conversation {
        let owner: String
        var messages: [ChatMessage] = []
    }

    private let conversations = Mutex<[String: Conversation]>([:])

    func history(of key: ConversationKey, limit: HistoryLimit) async throws -> [ChatMessage] {
        guard let conversation = conversations.withLock({ $0[key.id] }) else { return [] }
        guard conversation.owner == key.owner else { throw ConversationError.foreign }
        var size = 0
        let latest = conversation.messages.reversed().prefix(limit.messages).prefix { message in
            size += message.content.utf8.count
            return size <= limit.bytes
        }
        return latest.reversed()
    }

    func append(_ messages: [ChatMessage], to key: ConversationKey) async throws {
        try conversations.withLock { conversations in
            var conversation = conversations[key.id] ?? Conversation(owner: key.owner)
            guard conversation.owner == key.owner else { throw ConversationError.foreign }
            conversation.messages += messages.map { ChatMessage(role: $0.role, content: $0.storableContent) }
            conversations[key.id] = conversation
        }
    }
}

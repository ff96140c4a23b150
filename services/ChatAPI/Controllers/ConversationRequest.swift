import JSONText
import ModelStreaming
import ServiceKit

/// A question that comes with its conversation, which is kept here.
struct ConversationRequest: Sendable, Hashable {
    /// The most messages; more have no place in any model's window.
    static let messageLimit = 1000

    let chat: String
    let conversation: BroughtConversation
    let isStreamed: Bool

    /// Reads `{"chatId":"…","messages":[{"role":"system"?…},…,{"role":"user",…}],"stream"?}`.
    ///
    /// - Throws: `APIError` with all problems.
    init(_ json: JSON) throws(APIError) {
        var fields = RequestFields(json)
        chat = fields.identifier("chatId")
        isStreamed = fields.bool("stream", default: true)
        for name in ["message", "conversation_id", "thread_id", "system"] where json.given(name) != nil {
            fields.report(name, "has no place beside messages")
        }
        var messages = fields.filledList("messages", upTo: Self.messageLimit) { fields in
            let word = fields.text("role")
            let role = ChatMessage.Role(rawValue: word)
            if role == nil, !word.isEmpty { fields.report("role", "must be system, user or assistant") }
            return ChatMessage(role: role ?? .user, content: fields.text("content", mayBeBlank: true))
        }
        let system = messages.first?.role == .system ? messages.removeFirst().content : nil
        let offset = system == nil ? 0 : 1
        for (index, message) in messages.enumerated() where message.role == .system {
            fields.report("messages[\(index + offset)].role", "must not be system after the first message")
        }
        if let last = messages.last {
            if last.role == .assistant { fields.report("messages", "must end with a message of the user") }
            if last.content.isBlank {
                fields.report("messages[\(messages.count - 1 + offset)].content", "must not be blank")
            }
        } else if system != nil {
            fields.report("messages", "must end with a message of the user")
        }
        try fields.check()
        conversation = BroughtConversation(
            history: messages.dropLast(),
            question: messages.last ?? ChatMessage(role: .user, content: ""),
            system: system
        )
    }
}

public import JSONText

/// A request for a chat answer, as an event.
///
/// The messages are always found under `metadata.messages` when it is encoded.
public struct LLMChatEvent: Sendable, Hashable {
    public static let type = "llm.chat"
    public static let responseType = "llm.chat.response"

    public var source: String
    public var userID: String
    public var timestamp: Timestamp
    public var messages: [Message]

    /// One turn of a conversation.
    public struct Message: Sendable, Hashable {
        public var role: String
        public var content: String

        public init(role: String, content: String) {
            self.role = role
            self.content = content
        }
    }

    public init(source: String, userID: String, timestamp: Timestamp = .now, messages: [Message]) {
        self.source = source
        self.userID = userID
        self.timestamp = timestamp
        self.messages = messages
    }

    /// The event to send.
    public var event: Event {
        Event(
            timestamp: timestamp,
            source: source,
            type: Self.type,
            userID: userID,
            metadata: [.init("messages", .array(messages.map(\.json)))]
        )
    }
}

extension LLMChatEvent {
    /// Reads the messages of a chat event.
    ///
    /// - Throws: ``EventError`` when `metadata.messages` is not a list of at least one `{role, content}`.
    public init(_ event: Event) throws(EventError) {
        func failure(_ text: String, at index: Int? = nil) -> EventError {
            let field = "metadata.messages" + (index.map { "[\($0)]" } ?? "")
            return EventError(problems: [.init(field: field, text: text)])
        }
        guard let elements = JSON.object(event.metadata)["messages"]?.array, !elements.isEmpty else {
            throw failure("must be a list of at least one message")
        }
        var messages: [Message] = []
        for (index, element) in elements.enumerated() {
            guard let role = element["role"]?.string, let content = element["content"]?.string else {
                throw failure("must have a role and a content, both strings", at: index)
            }
            messages.append(Message(role: role, content: content))
        }
        self.init(source: event.source, userID: event.userID, timestamp: event.timestamp, messages: messages)
    }
}

extension LLMChatEvent.Message {
    public var json: JSON { ["role": .string(role), "content": .string(content)] }
}

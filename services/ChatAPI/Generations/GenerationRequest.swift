import JSONText
import ModelStreaming
import Telemetry

/// What a model should be asked, by whom, and what becomes of the answer.
///
/// It holds everything that any process needs to make the answer, so that another one can take over.
struct GenerationRequest: Sendable, Hashable {
    /// The conversation that the answer is a part of.
    struct Turn: Sendable, Hashable {
        var conversation: ConversationKey
        /// What the client calls the thread of the conversation.
        var thread: String
        /// What was said last, and is kept with the answer.
        var said: [ChatMessage]
    }

    var id: GenerationID
    /// Who may follow the answer; empty for everybody.
    var owner: String
    var prompt: ChatPrompt
    /// `nil` for an answer that is not kept.
    var turn: Turn?

    init(id: GenerationID = .random(), owner: String, prompt: ChatPrompt, turn: Turn? = nil) {
        self.id = id
        self.owner = owner
        self.prompt = prompt
        self.turn = turn
    }

    func mayBeFollowed(by user: String) -> Bool { owner.isEmpty || owner == user }
}

// MARK: As a document

extension GenerationRequest {
    var json: JSON {
        .compact([
            "id": .string(id.text),
            "owner": .string(owner),
            "messages": ChatMessage.json(prompt.messages),
            "model": prompt.model.map { .string($0) },
            "maximum_tokens": prompt.maximumTokens.map { JSON($0) },
            "temperature": prompt.temperature.map { JSON(floatLiteral: $0) },
            "top_p": prompt.topP.map { JSON(floatLiteral: $0) },
            "stop": prompt.stop.isEmpty ? Optional.none : .array(prompt.stop.map { .string($0) }),
            "provider_thread": prompt.thread.map { .string($0) },
            "traceparent": prompt.trace.map { .string($0.text) },
            "turn": turn.map { turn in
                [
                    "conversation": .string(turn.conversation.id), "owner": .string(turn.conversation.owner),
                    "thread": .string(turn.thread), "said": ChatMessage.json(turn.said),
                ]
            },
        ])
    }

    /// Reads what another process has written; `nil` where it is none of that.
    init?(_ json: JSON) {
        guard let id = json["id"]?.string.flatMap({ GenerationID($0) }), let owner = json["owner"]?.string,
            let messages = ChatMessage.list(json["messages"])
        else { return nil }
        var prompt = ChatPrompt(
            messages: messages,
            model: json["model"]?.string,
            maximumTokens: json["maximum_tokens"]?.integer,
            temperature: json["temperature"]?.double,
            topP: json["top_p"]?.double,
            stop: json["stop"]?.array?.compactMap(\.string) ?? [],
            thread: json["provider_thread"]?.string
        )
        prompt.trace = json["traceparent"]?.string.flatMap { TraceParent(parsing: $0) }
        self.init(id: id, owner: owner, prompt: prompt)
        guard let turn = json["turn"] else { return }
        guard let conversation = turn["conversation"]?.string, let owner = turn["owner"]?.string,
            let thread = turn["thread"]?.string, let said = ChatMessage.list(turn["said"])
        else { return nil }
        self.turn = Turn(conversation: ConversationKey(id: conversation, owner: owner), thread: thread, said: said)
    }
}

extension ChatMessage {
    fileprivate static func json(_ messages: [ChatMessage]) -> JSON {
        .array(messages.map { ["role": .string($0.role.rawValue), "content": .string($0.content)] })
    }

    fileprivate static func list(_ json: JSON?) -> [ChatMessage]? {
        guard let elements = json?.array else { return nil }
        let messages = elements.compactMap { element -> ChatMessage? in
            guard let role = element["role"]?.string.flatMap({ Role(rawValue: $0) }),
                let content = element["content"]?.string
            else { return nil }
            return ChatMessage(role: role, content: content)
        }
        return messages.count == elements.count ? messages : nil
    }
}

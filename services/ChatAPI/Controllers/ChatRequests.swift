import JSONText
import ModelStreaming
import ServiceKit

/// A message of a conversation that is kept here.
struct MessageRequest: Sendable, Hashable {
    var message: String
    var conversation: String?
    var thread: String?
    var isStreamed: Bool
    var system: String?

    /// Reads `{"message":"…","conversation_id"?,"thread_id"?,"stream"?,"system"?}`.
    ///
    /// - Throws: `APIError` with all problems.
    init(_ json: JSON) throws(APIError) {
        var fields = RequestFields(json)
        message = fields.text("message")
        conversation = fields.optionalIdentifier("conversation_id")
        thread = fields.optionalIdentifier("thread_id")
        isStreamed = fields.bool("stream", default: true)
        system = fields.optionalText("system")
        try fields.check()
    }
}

/// A message that brings its conversation along.
struct StreamRequest: Sendable, Hashable {
    var prompt: ChatPrompt

    /// Reads `{"message":"…","history":[{"role","content"}],"options":{"max_tokens","temperature","top_p"}}`.
    ///
    /// - Throws: `APIError` with all problems.
    init(_ json: JSON) throws(APIError) {
        var fields = RequestFields(json)
        let message = fields.text("message")
        let history = fields.list("history", upTo: 100) { fields in
            let word = fields.text("role")
            let role = ChatMessage.Role(rawValue: word)
            if role == nil, !word.isEmpty { fields.report("role", "must be system, user or assistant") }
            return ChatMessage(role: role ?? .user, content: fields.text("content", mayBeBlank: true))
        }
        prompt = ChatPrompt(messages: history + [ChatMessage(role: .user, content: message)])
        fields.optionalObject("options") { options in
            prompt.maximumTokens = options.optionalInteger("max_tokens", in: 1...1_000_000)
            prompt.temperature = options.optionalNumber("temperature", in: 0...2)
            prompt.topP = options.optionalNumber("top_p", in: 0...1)
        }
        try fields.check()
    }
}

/// A question by itself.
struct QuestionRequest: Sendable, Hashable {
    var question: String
    /// Whether an answer that somebody else got a while ago will do.
    var mayBeShared: Bool

    /// Reads `{"question":"…","use_cache":true}`.
    ///
    /// - Throws: `APIError` with all problems.
    init(_ json: JSON) throws(APIError) {
        var fields = RequestFields(json)
        question = fields.text("question")
        mayBeShared = fields.bool("use_cache", default: true)
        try fields.check()
    }
}

import JSONText
import ModelStreaming

/// What a client of OpenAI's API asks for.
///
/// What would change the answer and cannot be done is refused; everything else that is not known is left alone, as new
/// versions of clients send new fields. Source: platform.openai.com/docs/api-reference/chat/create
struct CompletionRequest: Sendable, Hashable {
    static let messageLimit = 1000

    let model: String
    let isStreamed: Bool
    /// Whether a stream ends with what the answer has cost.
    let includesUsage: Bool
    /// The messages, and how to answer.
    let prompt: ChatPrompt

    /// Reads a request.
    ///
    /// - Throws: ``CompletionError`` with the first problem, for OpenAI's form has room for one.
    init(_ json: JSON) throws(CompletionError) {
        let fields = try CompletionFields(json)
        model = try fields.text("model")
        isStreamed = try fields.bool("stream") ?? false
        let options = try fields.object("stream_options")
        if options != nil, !isStreamed { throw .invalid("stream_options", "is only for streams") }
        includesUsage = try options?.bool("include_usage") ?? false
        var prompt = ChatPrompt(messages: try Self.messages(json.given("messages")))
        prompt.temperature = try fields.number("temperature", in: 0...2)
        prompt.topP = try fields.number("top_p", in: 0...1)
        let limit = try fields.integer("max_completion_tokens", in: 1...10_000_000)
        let olderLimit = try fields.integer("max_tokens", in: 1...10_000_000)
        prompt.maximumTokens = limit ?? olderLimit
        prompt.stop = try Self.stop(json.given("stop"))
        self.prompt = prompt
        try Self.refuseOthers(json)
    }

    // MARK: Parts

    private static func messages(_ json: JSON?) throws(CompletionError) -> [ChatMessage] {
        guard let elements = json?.array, !elements.isEmpty else {
            throw .invalid("messages", "must be an array with at least one message")
        }
        guard elements.count <= messageLimit else {
            throw .invalid("messages", "must have at most \(messageLimit) elements")
        }
        var messages: [ChatMessage] = []
        for (index, element) in elements.enumerated() {
            messages.append(try message(element, at: "messages[\(index)]"))
        }
        return messages
    }

    private static func message(_ json: JSON, at path: String) throws(CompletionError) -> ChatMessage {
        let role: ChatMessage.Role
        switch json.given("role")?.string {
        // Newer models call it so; it means the same.
        case "system", "developer": role = .system
        case "user": role = .user
        case "assistant": role = .assistant
        case "tool", "function": throw .unsupported("\(path).role", "Results of tools")
        default: throw .invalid("\(path).role", "must be system, developer, user or assistant")
        }
        for name in ["tool_calls", "function_call", "audio"] where json.given(name) != nil {
            throw .unsupported("\(path).\(name)", "Messages with \(name)")
        }
        return ChatMessage(role: role, content: try content(json.given("content"), at: "\(path).content"))
    }

    private static func content(_ json: JSON?, at path: String) throws(CompletionError) -> String {
        if let text = json?.string { return text }
        guard let parts = json?.array, !parts.isEmpty else {
            throw .invalid(path, "must be a string or an array of parts")
        }
        var text = ""
        for (index, part) in parts.enumerated() {
            guard part["type"]?.string == "text" else {
                throw .unsupported("\(path)[\(index)].type", "Parts that are no text")
            }
            guard let more = part["text"]?.string else { throw .invalid("\(path)[\(index)].text", "must be a string") }
            text += more
        }
        return text
    }

    private static func stop(_ json: JSON?) throws(CompletionError) -> [String] {
        guard let json else { return [] }
        let texts = json.string.map { [$0] } ?? json.array?.compactMap(\.string) ?? []
        let isWhole = json.array.map { $0.count == texts.count } ?? (json.string != nil)
        guard isWhole, texts.count <= 4, !texts.contains("") else {
            throw .invalid("stop", "must be a string or an array of up to 4, none of them empty")
        }
        return texts
    }

    /// Refuses what would change the answer if it could be done.
    private static func refuseOthers(_ json: JSON) throws(CompletionError) {
        for (name, harmless) in harmlessValues {
            guard let value = json.given(name), !harmless.contains(where: { value.means($0) }) else { continue }
            throw .unsupported(name, "The field \(name)")
        }
    }

    /// The fields that cannot be honoured, each with the values that ask for nothing.
    private static let harmlessValues: [(name: String, values: [JSON])] = [
        ("n", [1]), ("tools", [[]]), ("tool_choice", ["none", "auto"]), ("functions", [[]]),
        ("function_call", ["none", "auto"]), ("response_format", [["type": "text"]]), ("logprobs", [false]),
        ("top_logprobs", [0]), ("logit_bias", [[:]]), ("presence_penalty", [0]), ("frequency_penalty", [0]),
        ("modalities", [["text"]]), ("audio", []), ("web_search_options", []),
    ]
}

extension JSON {
    /// Whether two values say the same, however their numbers are written.
    fileprivate func means(_ other: JSON) -> Bool {
        if let number = double, let wanted = other.double { return number == wanted }
        return self == other
    }
}

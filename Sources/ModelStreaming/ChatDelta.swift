/// The next part of an answer.
public enum ChatDelta: Sendable, Hashable {
    /// The text that follows what was said so far; never empty.
    case text(String)
    /// What the answer has cost.
    case usage(TokenUsage)
    /// The model has ended its answer.
    case finished(FinishReason)
    /// The provider has begun to keep this conversation, under a name with which a later prompt continues it; it comes
    /// before any text, and only for a prompt that names no thread.
    case thread(String)
}

/// How many tokens a question and its answer took.
public struct TokenUsage: Sendable, Hashable {
    public var prompt: Int
    public var completion: Int
    public var total: Int { prompt + completion }

    public init(prompt: Int, completion: Int) {
        self.prompt = prompt
        self.completion = completion
    }
}

/// Why an answer ended.
///
/// Source: <https://platform.openai.com/docs/api-reference/chat-streaming>.
public enum FinishReason: Sendable, Hashable {
    /// The model had said everything.
    case stop
    /// The answer reached the largest number of tokens.
    case length
    /// A filter withheld the rest.
    case contentFilter
    /// A reason that this version does not know.
    case other(String)

    public init(_ word: String) {
        self =
            switch word {
            case "stop": .stop
            case "length": .length
            case "content_filter": .contentFilter
            default: .other(word)
            }
    }

    /// The word that OpenAI's API uses.
    public var word: String {
        switch self {
        case .stop: "stop"
        case .length: "length"
        case .contentFilter: "content_filter"
        case .other(let word): word
        }
    }
}

import ModelStreaming

/// How much of a conversation a model takes in.
struct ContextWindow: Sendable, Hashable {
    /// How many tokens question and answer may have together.
    let tokens: Int
    /// How many questions with their answers are shown again.
    var pairs = 50

    /// What an answer may need, kept free of the question.
    var answerTokens: Int { min(tokens / 4, 4096) }

    /// As much of the latest history as fits, beginning with a question.
    ///
    /// - Parameters:
    ///   - history: What was said before, the oldest first.
    ///   - others: What is sent in any case.
    /// - Returns: The messages that are sent, too.
    func latest(of history: [ChatMessage], beside others: [ChatMessage]) -> [ChatMessage] {
        var room = tokens - answerTokens - others.reduce(0) { $0 + TokenEstimate.tokens(of: $1) }
        let fitting = history.suffix(2 * pairs).reversed().prefix { message in
            room -= TokenEstimate.tokens(of: message)
            return room >= 0
        }
        // An answer whose question was left out answers nothing.
        return Array(fitting.reversed().drop { $0.role == .assistant })
    }

    /// The window of a model, as far as it is known by name.
    ///
    /// Models of a family are told apart by what follows the longest name here: `gpt-4o-2024-08-06` is a `gpt-4o`.
    ///
    /// - Returns: The number of tokens; `nil` for a model that is not known.
    static func tokens(of model: String) -> Int? {
        let name = model.lowercased()
        let family = windows.keys.filter { name == $0 || name.hasPrefix("\($0)-") }.max { $0.count < $1.count }
        return family.flatMap { windows[$0] }
    }

    /// What is taken of a model that is not known: little, but no model of today takes less.
    static let usualTokens = 8192

    /// Source: platform.openai.com/docs/models, the page of each model under "context window".
    private static let windows = [
        "gpt-3.5-turbo": 16_385, "gpt-35-turbo": 16_385, "gpt-3.5-turbo-instruct": 4096,
        "gpt-4": 8192, "gpt-4-32k": 32_768, "gpt-4-turbo": 128_000, "gpt-4-1106-preview": 128_000,
        "gpt-4-0125-preview": 128_000, "gpt-4-vision-preview": 128_000,
        "gpt-4o": 128_000, "gpt-4o-mini": 128_000, "chatgpt-4o-latest": 128_000,
        "gpt-4.1": 1_047_576, "gpt-4.1-mini": 1_047_576, "gpt-4.1-nano": 1_047_576, "gpt-4.5-preview": 128_000,
        "gpt-5": 400_000, "gpt-5-mini": 400_000, "gpt-5-nano": 400_000, "gpt-5-chat": 128_000,
        "o1": 200_000, "o1-mini": 128_000, "o1-preview": 128_000, "o3": 200_000, "o3-mini": 200_000,
        "o4-mini": 200_000,
    ]
}

/// How many tokens a text may have, told without the model's own vocabulary.
///
/// A token of English is some four characters; code and other languages of the Latin script have fewer to a token, and
/// Chinese, Japanese and emoji more than one token to a character. Three characters of ASCII, or two bytes of anything
/// else, count as one token, which is rather too much: what is estimated too small would be refused by the model.
/// Sources: help.openai.com/articles/4936856-what-are-tokens-and-how-to-count-them;
/// cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken_, for what a message adds.
enum TokenEstimate {
    private static let perMessage = 4

    static func tokens(of message: ChatMessage) -> Int { perMessage + tokens(in: message.content) }

    static func tokens(in text: String) -> Int {
        var plain = 0
        var others = 0
        for byte in text.utf8 { if byte < 0x80 { plain += 1 } else { others += 1 } }
        return (plain + 2) / 3 + (others + 1) / 2
    }
}

/// A language model that answers in pieces.
public protocol ChatModel: Sendable {
    /// The model that answers when a prompt names none: `gpt-3.5-turbo`.
    var name: String { get }

    /// Whose API is asked, in the words of OpenTelemetry: `openai`.
    ///
    /// Source: opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai, `gen_ai.provider.name`
    var provider: String { get }

    /// The answer to a prompt, as it comes.
    ///
    /// A model may wait with the work until the reply is read. Whoever stops reading stops the model.
    ///
    /// - Throws: ``ChatModelError``, and so does the reply.
    func reply(to prompt: ChatPrompt) async throws -> ChatReply
}

extension ChatModel {
    /// Most models are behind OpenAI's API, or behind one that looks like it.
    public var provider: String { "openai" }
}

/// The parts of an answer, in order, each as soon as the model has it.
///
/// Nothing is read ahead: the next part is asked for when the previous one has been taken. An answer that ends without
/// an error is whole.
public struct ChatReply: AsyncSequence, Sendable {
    private let start: @Sendable () -> AsyncIterator

    public init<Parts: AsyncSequence & Sendable>(_ parts: Parts) where Parts.Element == ChatDelta {
        start = {
            var iterator = parts.makeAsyncIterator()
            return AsyncIterator { isolation in try await iterator.next(isolation: isolation) }
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { start() }

    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let nextPart: (isolated (any Actor)?) async throws -> ChatDelta?

        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> ChatDelta? {
            try await nextPart(actor)
        }
    }
}

/// An answer that has come to its end.
public struct ChatAnswer: Sendable, Hashable {
    public var text: String
    /// What it has cost, where the model says so.
    public var usage: TokenUsage?
    public var reason: FinishReason?
    /// The conversation that the provider has begun to keep.
    public var thread: String?

    public init(
        text: String = "",
        usage: TokenUsage? = nil,
        reason: FinishReason? = nil,
        thread: String? = nil
    ) {
        self.text = text
        self.usage = usage
        self.reason = reason
        self.thread = thread
    }

    /// Takes in the next part.
    public mutating func append(_ part: ChatDelta) {
        switch part {
        case .text(let more): text += more
        case .usage(let usage): self.usage = usage
        case .finished(let reason): self.reason = reason
        case .thread(let thread): self.thread = thread
        }
    }
}

extension ChatReply {
    /// Reads the answer to its end.
    ///
    /// - Parameter limit: The longest text that is taken, in bytes of UTF-8.
    /// - Returns: The text, what it has cost, and why it ended.
    /// - Throws: ``ChatModelError/tooLong(limit:)`` for a longer one, and what the model throws.
    public func answer(upTo limit: Int = 1 << 20) async throws -> ChatAnswer {
        var answer = ChatAnswer()
        for try await part in self {
            answer.append(part)
            guard answer.text.utf8.count <= limit else { throw ChatModelError.tooLong(limit: limit) }
        }
        return answer
    }

    /// Reads the text of the answer to its end.
    ///
    /// - Parameter limit: The longest text that is taken, in bytes of UTF-8.
    /// - Returns: The text alone.
    /// - Throws: ``ChatModelError/tooLong(limit:)`` for a longer one, and what the model throws.
    public func text(upTo limit: Int = 1 << 20) async throws -> String {
        try await answer(upTo: limit).text
    }
}

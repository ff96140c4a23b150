/// A responder that needs no network, for a stack that has no model yet.
///
/// It always gives the same answer to the same question, and says plainly that no model has answered.
public struct OfflineModel: ChatModel {
    public let name = "offline"
    public let provider = "offline"

    private let pause: Duration

    /// Describes a responder.
    ///
    /// - Parameter pause: How long it thinks before each word but the first, so that a person sees a stream.
    public init(pause: Duration = .zero) {
        self.pause = pause
    }

    public func reply(to prompt: ChatPrompt) async throws -> ChatReply {
        let question = prompt.messages.last { $0.role == .user }?.content ?? ""
        let pieces = Self.pieces(of: Self.answer(to: question))
        let usage = TokenUsage(
            prompt: prompt.messages.reduce(0) { $0 + Self.pieces(of: $1.content).count },
            completion: pieces.count
        )
        return ChatReply(Parts(parts: pieces.map { .text($0) } + [.finished(.stop), .usage(usage)], pause: pause))
    }

    static func answer(to question: String) -> String {
        """
        I am the offline responder: no language model is connected, so nobody has thought about this. \
        To get real answers, set OPENAI_API_KEY in the environment or in .env (or OPENAI_BASE_URL for a local server) \
        and start again. You asked: “\(summary(of: question))”
        """
    }

    /// The first words, without line breaks.
    private static func summary(of question: String) -> String {
        let words = question.split(whereSeparator: \.isWhitespace)
        let start = words.prefix(12).joined(separator: " ")
        let cut = String(start.prefix(120))
        return words.count > 12 || cut.count < start.count ? cut + " …" : cut
    }

    /// A word and the space before it, as models tend to speak.
    static func pieces(of text: String) -> [String] {
        var pieces: [String] = []
        for character in text {
            if pieces.isEmpty || character == " " {
                pieces.append(String(character))
            } else {
                pieces[pieces.count - 1].append(character)
            }
        }
        return pieces
    }

    private struct Parts: AsyncSequence, Sendable {
        let parts: [ChatDelta]
        let pause: Duration

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: parts[...], pause: pause) }

        struct AsyncIterator: AsyncIteratorProtocol {
            var rest: ArraySlice<ChatDelta>
            let pause: Duration

            mutating func next(isolation actor: isolated (any Actor)?) async throws -> ChatDelta? {
                try Task.checkCancellation()
                if pause > .zero, rest.startIndex > 0, case .text = rest.first { try await Task.sleep(for: pause) }
                return rest.popFirst()
            }
        }
    }
}

import AsyncHTTPClient
import JSONText
import NIOCore
import NIOHTTP1

/// The answer of an OpenAI-compatible server, asked for when the first part is wanted.
struct OpenAIReply: AsyncSequence, Sendable {
    let client: HTTPClient
    let request: HTTPClientRequest
    let policy: RetryPolicy
    let pause: @Sendable (Duration) async throws -> Void

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(question: self) }

    /// Reads one answer; whoever lets go of it closes the connection.
    struct AsyncIterator: AsyncIteratorProtocol {
        typealias Body = HTTPClientResponse.Body.AsyncIterator

        fileprivate let question: OpenAIReply
        private var stream = OpenAIStream()
        private var body: Body?
        private var attempt = 1
        private var hasEnded = false

        fileprivate init(question: OpenAIReply) {
            self.question = question
        }

        mutating func next(isolation actor: isolated (any Actor)?) async throws -> ChatDelta? {
            while true {
                do {
                    if let part = try stream.next() { return part }
                    if hasEnded { return nil }
                    if body == nil { body = try await open() } else { try await read(isolation: actor) }
                } catch {
                    try await recover(from: error)
                }
            }
        }

        /// Puts the question and waits until the server begins to answer.
        private func open() async throws -> Body {
            let response = try await question.client.execute(question.request, timeout: .seconds(120))
            guard response.status == .ok else {
                // An error page may be large, slow or broken; its status says enough then.
                let text = try? await response.body.collect(upTo: 64 * 1024)
                throw OpenAIRefusal(
                    status: Int(response.status.code),
                    headers: response.headers,
                    body: text.flatMap { try? JSON(parsing: $0.readableBytesView) }
                )
            }
            return response.body.makeAsyncIterator()
        }

        private mutating func read(isolation actor: isolated (any Actor)?) async throws {
            if let bytes = try await body?.next(isolation: actor) {
                stream.receive(bytes.readableBytesView)
            } else {
                try Task.checkCancellation()
                stream.end()
                hasEnded = true
            }
        }

        /// Puts the question again, if that is of use and nobody has seen a part of the answer yet.
        private mutating func recover(from error: any Error) async throws {
            body = nil
            hasEnded = true
            if Task.isCancelled || error is CancellationError { throw CancellationError() }
            let broken: ChatModelError = stream.hasText ? .interrupted : .unavailable(retryAfter: nil)
            let refusal = error as? OpenAIRefusal ?? OpenAIRefusal(broken)
            guard refusal.mayRetry, !stream.hasText,
                let wait = question.policy.wait(after: attempt, failedWith: refusal.error)
            else { throw refusal.error }
            try await question.pause(wait)
            attempt += 1
            stream = OpenAIStream()
            hasEnded = false
        }
    }
}

import AsyncHTTPClient
import Azure
import JSONText
import Logging
import LoopExecution
import NIOCore
import NIOHTTP1
import Synchronization

/// The answer of a model server, asked for when the first part is wanted.
struct RemoteReply: AsyncSequence, Sendable {
    let model: RemoteModel
    let prompt: ChatPrompt

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(model: model, question: ModelQuestion(prompt)) }

    /// Reads one answer; whoever lets go of it closes the connection.
    struct AsyncIterator: AsyncIteratorProtocol {
        private let model: RemoteModel
        private let firstTextDeadline: NIODeadline
        private let farewell: Farewell
        private var question: ModelQuestion
        private var stream: AnswerStream
        private var exchange: HTTPExchange?
        private var attempt = 1
        private var hasFreshToken = false
        private var hasEnded = false

        fileprivate init(model: RemoteModel, question: ModelQuestion) {
            self.model = model
            self.question = question
            self.stream = AnswerStream(model.surface.format, thread: question.thread)
            self.firstTextDeadline = .after(model.deadlines.firstText)
            self.farewell = Farewell(clients: model.clients)
        }

        mutating func next(isolation actor: isolated (any Actor)?) async throws -> ChatDelta? {
            while true {
                do {
                    if let part = try stream.next() { return part }
                    if hasEnded { return nil }
                    if let exchange { try await read(exchange) } else { try await ask() }
                } catch {
                    try await recover(from: error)
                }
            }
        }

        /// Puts the question, or first asks for the thread that it goes to, and waits until the server begins to answer.
        private mutating func ask() async throws {
            if question.thread == nil, let opening = model.surface.opening {
                let answer = try await open(opening)
                let limit = Self.documentLimit
                let text = try await answer.rest(upTo: limit, before: .after(model.deadlines.refusal))
                guard let id = try? JSON(parsing: text.readableBytesView)["id"]?.string else {
                    throw Refusal(.malformed)
                }
                question.thread = id
                stream.enter(thread: id)
            } else {
                exchange = try await open(model.surface.request(question))
            }
        }

        private mutating func read(_ exchange: HTTPExchange) async throws {
            let deadline = stream.answer.hasText ? .after(model.deadlines.pause) : firstTextDeadline
            if let pieces = try await exchange.next(before: deadline) {
                for piece in pieces { stream.receive(piece) }
                noteRun()
            } else {
                stream.end()
            }
            guard stream.answer.isDone else { return }
            exchange.release()
            hasEnded = true
        }

        /// The longest document that is read whole.
        private static let documentLimit = 64 * 1024

        /// Sends a request until the server takes the proof that comes with it, which is twice at most.
        private mutating func open(_ request: ModelRequest) async throws -> HTTPExchange {
            while true {
                let proof = try await proof()
                let exchange = HTTPExchange(
                    try request.message(proof, trace: question.prompt.trace),
                    client: model.clients.here
                )
                let head = try await exchange.head(before: firstTextDeadline)
                if (200..<300).contains(head.status.code) {
                    farewell.proof = proof
                    return exchange
                }
                // A token may have been withdrawn before it ran out. Once: a fresh one that is refused is a fact.
                if head.status == .unauthorized, !hasFreshToken, model.credential.replace(proof) {
                    hasFreshToken = true
                    continue
                }
                // An error page may be large, slow or broken; its status says enough then.
                let text = try? await exchange.rest(
                    upTo: Self.documentLimit,
                    before: .after(model.deadlines.refusal)
                )
                throw Refusal(
                    status: Int(head.status.code),
                    headers: head.headers,
                    body: text.flatMap { try? JSON(parsing: $0.readableBytesView) }
                )
            }
        }

        private func proof() async throws -> ModelCredential.Proof {
            do {
                return try await model.credential.proof()
            } catch let error as CredentialError {
                model.logger.error("there is no token for the model", metadata: ["reason": "\(error)"])
                throw Refusal(.unauthorized)
            }
        }

        private func noteRun() {
            let answer = stream.answer
            guard !answer.isOver, let run = answer.run, let thread = answer.thread else {
                farewell.request = nil
                return
            }
            if farewell.request == nil { farewell.request = model.surface.stopping(run: run, in: thread) }
        }

        /// Puts the question again, if that is of use and nobody has seen a part of the answer yet.
        private mutating func recover(from error: any Error) async throws {
            exchange = nil
            hasEnded = true
            if Task.isCancelled || error is CancellationError { throw CancellationError() }
            let isVisible = stream.answer.isVisible
            let broken: ChatModelError = isVisible ? .interrupted : .unavailable(retryAfter: nil)
            let refusal = error as? Refusal ?? Refusal(broken, mayRetry: !(error is HTTPExchange.TooQuiet))
            guard !isVisible, let wait = model.policy.wait(after: attempt, failedWith: refusal),
                .after(wait) < firstTextDeadline
            else { throw refusal.error }
            try await model.pause(wait)
            attempt += 1
            question.hasArrived = question.hasArrived || stream.answer.run != nil
            farewell.request = nil
            stream = AnswerStream(model.surface.format, thread: question.thread)
            hasEnded = false
        }
    }
}

/// Tells a server to stop working on an answer that nobody reads any more.
private final class Farewell: Sendable {
    private struct State {
        var request: ModelRequest?
        var proof = ModelCredential.Proof()
    }

    private let clients: LoopClients
    private let state = Mutex(State())

    init(clients: LoopClients) {
        self.clients = clients
    }

    var request: ModelRequest? {
        get { state.withLock { $0.request } }
        set { state.withLock { $0.request = newValue } }
    }

    var proof: ModelCredential.Proof {
        get { state.withLock { $0.proof } }
        set { state.withLock { $0.proof = newValue } }
    }

    deinit {
        guard let message = try? request?.message(proof, trace: nil) else { return }
        // Nobody waits for the answer, and there is nothing to do where it is a refusal.
        _ = clients.here.execute(request: message)
    }
}

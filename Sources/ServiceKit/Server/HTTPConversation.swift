import HTTPTypes
public import Hummingbird
public import NIOCore

/// The requests of one connection and their answers, for the task that answers them.
///
/// The task runs on the loop of the connection, where each step is a call; from anywhere else it waits for the loop.
struct HTTPConversation: Sendable {
    private let connection: NIOLoopBound<HTTPConnection>
    let channel: any Channel

    init(_ connection: NIOLoopBound<HTTPConnection>, channel: any Channel) {
        self.connection = connection
        self.channel = channel
    }

    /// Answers requests until no more come, or an answer cannot be ended.
    func answer(_ respond: @Sendable (Request, any Channel) async throws -> Response) async {
        await withTaskCancellationHandler {
            while let taken = await nextRequest() {
                do {
                    try await answer(taken, respond)
                } catch {
                    return channel.close(promise: nil)
                }
            }
            await finish()
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    private func answer(
        _ taken: ArrivedRequests.Taken,
        _ respond: @Sendable (Request, any Channel) async throws -> Response
    ) async throws {
        guard let request = request(taken) else { return perform { $0.refuse() } }
        let response = try await respond(request, channel)
        try Task.checkCancellation()
        perform { $0.begin(response.head) }
        try await response.body.write(ConversationWriter(conversation: self))
        // A body that nobody has ended would leave its reader waiting.
        perform { $0.closeIfAnswering() }
    }

    /// - Returns: `nil` for one whose method is none.
    private func request(_ taken: ArrivedRequests.Taken) -> Request? {
        guard let head = HTTPRequest(taken.head) else { return nil }
        let arriving = { RequestBody(asyncSequence: ArrivingBody(conversation: self)) }
        return Request(head: head, body: taken.body.map { RequestBody(buffer: $0) } ?? arriving())
    }

    // MARK: Steps

    private func nextRequest() async -> ArrivedRequests.Taken? {
        await withCheckedContinuation { continuation in perform { $0.takeRequest(continuation) } }
    }

    fileprivate func nextPiece() async throws -> ByteBuffer? {
        try await withCheckedThrowingContinuation { continuation in perform { $0.takeBody(continuation) } }
    }

    /// Sends a piece of a body, but nothing that is said only because the task is cancelled: what an answer that is cut
    /// short says last would pass for its end.
    fileprivate func write(_ body: ByteBuffer) async throws {
        try Task.checkCancellation()
        if connection.eventLoop.inEventLoop, try connection.value.offer(body) { return }
        try await withCheckedThrowingContinuation { continuation in perform { $0.delay(body, until: continuation) } }
    }

    fileprivate func end(_ trailers: HTTPFields?) {
        perform { $0.end(trailers) }
    }

    fileprivate func end(after last: ByteBuffer) async throws {
        try Task.checkCancellation()
        if connection.eventLoop.inEventLoop, try connection.value.offer(last, isLast: true) { return }
        try await write(last)
        end(nil)
    }

    private func finish() async {
        let promise = channel.eventLoop.makePromise(of: Void.self)
        perform { $0.finish(promise) }
        try? await promise.futureResult.get()
    }

    private func perform(_ step: @escaping @Sendable (HTTPConnection) -> Void) {
        if connection.eventLoop.inEventLoop {
            step(connection.value)
        } else {
            connection.eventLoop.execute { step(connection.value) }
        }
    }
}

/// The body of a request that comes while it is read.
private struct ArrivingBody: AsyncSequence, Sendable {
    let conversation: HTTPConversation

    struct AsyncIterator: AsyncIteratorProtocol, Sendable {
        let conversation: HTTPConversation

        func next() async throws -> ByteBuffer? { try await conversation.nextPiece() }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(conversation: conversation) }
}

/// Writes the body of an answer.
private struct ConversationWriter: ResponseBodyWriter {
    let conversation: HTTPConversation

    func write(_ buffer: ByteBuffer) async throws { try await conversation.write(buffer) }

    func finish(_ trailingHeaders: HTTPFields?) async throws {
        try Task.checkCancellation()
        conversation.end(trailingHeaders)
    }
}

extension ResponseBodyWriter {
    /// Writes the last piece of a body and its end, in one message where the client takes both.
    @concurrent public mutating func finish(with last: ByteBuffer) async throws {
        if let writer = self as? ConversationWriter { return try await writer.conversation.end(after: last) }
        try await write(last)
        let writer = self
        try await writer.finish(nil)
    }
}

import HTTPTypes
import NIOCore
import NIOHTTP1

/// One connection of a client, on its event loop: requests come, and their answers go, one after another.
///
/// `NIOAsyncChannel` would do it with more layers between, each of which a piece of an answer passes and a quiet
/// connection pays for with memory. The task that answers has the other end, ``HTTPConversation``.
/// Source: RFC 9112.
final class HTTPConnection: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = IOData

    /// What the task of the connection waits for.
    private enum Waiter {
        case request(CheckedContinuation<ArrivedRequests.Taken?, Never>)
        case body(CheckedContinuation<ByteBuffer?, any Error>)
    }

    let presence = ClientPresence()
    private let neighbours: OpenConnections
    private let bodyPatience: TimeAmount
    private let onOpen: (HTTPConversation) -> Bool

    private var context: ChannelHandlerContext?
    private var arrived = ArrivedRequests()
    private var waiter: Waiter?
    /// A piece of a body that waits until the client has taken what was sent before.
    private var delayed: (body: ByteBuffer, continuation: CheckedContinuation<Void, any Error>)?
    /// What is being answered.
    private var request: HTTPRequestHead?
    private var answer: OutgoingAnswer?
    private var failure: (any Error)?
    private var bodyDeadline: Scheduled<Void>?
    private var lastSign = NIODeadline.uptimeNanoseconds(0)
    private var isWritable = true
    private var isReadHeld = false
    /// Whether the client sends nothing more.
    private var isInputClosed = false
    private var isClosed = false
    /// Whether no more requests are taken after the one in hand.
    private var isEnding = false
    /// Whether no more requests are taken.
    private var isDone = false
    /// Whether all answers were sent, and none will follow.
    private var hasLeft = false

    /// Prepares a connection.
    ///
    /// - Parameters:
    ///   - neighbours: The connections of the same loop.
    ///   - bodyPatience: How long a request may take to arrive whole.
    ///   - onOpen: Begins to answer; returns whether it does.
    init(neighbours: OpenConnections, bodyPatience: TimeAmount, onOpen: @escaping (HTTPConversation) -> Bool) {
        self.neighbours = neighbours
        self.bodyPatience = bodyPatience
        self.onOpen = onOpen
    }

    // MARK: What comes

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { open(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        open(context)
        context.fireChannelActive()
    }

    private func open(_ context: ChannelHandlerContext) {
        lastSign = context.eventLoop.now
        neighbours.add(self)
        let conversation = HTTPConversation(NIOLoopBound(self, eventLoop: context.eventLoop), channel: context.channel)
        if !onOpen(conversation) { context.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDone else { return }
        arrived.append(unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        lastSign = context.eventLoop.now
        setBodyDeadline(context)
        deliver()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if arrived.isFull { isReadHeld = true } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        if isWritable, let (body, continuation) = delayed.take() { delay(body, until: continuation) }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed {
            isInputClosed = true
            presence.leave()
            deliver()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isClosed = true
        isInputClosed = true
        isDone = true
        bodyDeadline?.cancel()
        presence.leave()
        neighbours.remove(self)
        delayed.take()?.continuation.resume(throwing: ChannelError.ioOnClosedChannel)
        deliver()
        context.fireChannelInactive()
    }

    /// One timer for a body that does not come with its head; who reads it meets ``BodyTimeout``.
    private func setBodyDeadline(_ context: ChannelHandlerContext) {
        if !arrived.isIncomplete {
            bodyDeadline?.cancel()
            bodyDeadline = nil
        } else if bodyDeadline == nil {
            bodyDeadline = context.eventLoop.assumeIsolated().scheduleTask(in: bodyPatience) { [weak self] in
                guard let self else { return }
                fail(BodyTimeout(patience: bodyPatience))
            }
        }
    }

    private func fail(_ error: any Error) {
        if failure == nil { failure = error }
        deliver()
    }

    // MARK: Who takes it

    func takeRequest(_ continuation: CheckedContinuation<ArrivedRequests.Taken?, Never>) {
        waiter = .request(continuation)
        deliver()
    }

    func takeBody(_ continuation: CheckedContinuation<ByteBuffer?, any Error>) {
        // A body is gone with its request.
        guard request != nil else { return continuation.resume(throwing: ChannelError.ioOnClosedChannel) }
        waiter = .body(continuation)
        deliver()
    }

    /// Gives the task what it waits for, if that is there.
    private func deliver() {
        switch waiter {
        case nil: return
        case .request(let continuation): deliverRequest(continuation)
        case .body(let continuation): deliverBody(continuation)
        }
        readOn()
    }

    private func readOn() {
        guard isReadHeld, !arrived.isFull else { return }
        isReadHeld = false
        context?.read()
    }

    private func deliverRequest(_ continuation: CheckedContinuation<ArrivedRequests.Taken?, Never>) {
        let next = isDone ? nil : arrived.takeRequest()
        guard next != nil || isDone || isInputClosed || failure != nil else { return }
        // A refusal that cannot be sent closes the connection at once, which delivers, too.
        waiter = nil
        if next == nil, failure is HTTPParserError { refuse() }
        request = next?.head
        continuation.resume(returning: next)
    }

    private func deliverBody(_ continuation: CheckedContinuation<ByteBuffer?, any Error>) {
        let piece: Result<ByteBuffer?, any Error>
        switch arrived.takeBody() {
        case .bytes(let bytes): piece = .success(bytes)
        case .end: piece = .success(nil)
        case .nothingYet:
            if let failure {
                piece = .failure(failure)
            } else if isInputClosed {
                piece = .failure(ChannelError.inputClosed)
            } else {
                return
            }
        }
        waiter = nil
        continuation.resume(with: piece)
    }

    // MARK: What goes

    /// Begins an answer; its head leaves with the first piece of the body, or soon without one.
    func begin(_ response: HTTPResponse) {
        guard let request, let context else { return }
        let framing = ResponseFraming(of: response, to: request)
        if framing == .close || !request.isKeepAlive || response.saysClose { isEnding = true }
        let answer = OutgoingAnswer(response, framing: framing, isLast: isEnding, neighbours: neighbours)
        self.answer = answer
        guard answer.mayPause else { return }
        context.eventLoop.assumeIsolated().execute { [weak self] in
            if let self, let context = self.context { self.answer?.sendHead(context) }
        }
    }

    /// Sends a piece of the body, at once where the client takes it.
    ///
    /// - Parameters:
    ///   - body: What comes next.
    ///   - isLast: Whether the answer ends with it.
    /// - Returns: Whether it was sent; otherwise it has to wait, see ``delay(_:until:)``.
    /// - Throws: When the connection is closed.
    func offer(_ body: ByteBuffer, isLast: Bool = false) throws -> Bool {
        guard let context, !isClosed else { throw ChannelError.ioOnClosedChannel }
        guard isWritable else { return false }
        if isLast { end(nil, after: body) } else { answer?.send(body, context) }
        return true
    }

    /// Sends a piece of the body as soon as the client takes it.
    func delay(_ body: ByteBuffer, until continuation: CheckedContinuation<Void, any Error>) {
        do {
            if try offer(body) { continuation.resume() } else { delayed = (body, continuation) }
        } catch {
            continuation.resume(throwing: error)
        }
    }

    /// Ends an answer.
    ///
    /// - Parameters:
    ///   - trailers: What is said behind it.
    ///   - last: The last piece of it.
    func end(_ trailers: HTTPFields?, after last: ByteBuffer = ByteBuffer()) {
        guard let context else { return }
        answer?.end(trailers, after: last, context)
        answer = nil
        request = nil
        lastSign = context.eventLoop.now
        if isEnding { stopTaking() }
    }

    /// Closes the connection where an answer was begun and is not ended.
    func closeIfAnswering() {
        if request != nil { context?.close(promise: nil) }
    }

    /// Tells a client that what it sends is no HTTP.
    func refuse() {
        request = nil
        let response = HTTPResponse(status: .badRequest, headerFields: [.contentLength: "0"])
        var answer = OutgoingAnswer(response, framing: .length, isLast: true, neighbours: neighbours)
        if let context { answer.end(nil, after: ByteBuffer(), context) }
        stopTaking()
    }

    // MARK: The end

    /// What still comes is not wanted, but the end of it has to be noticed.
    private func stopTaking() {
        isDone = true
        arrived.removeAll()
        readOn()
    }

    /// Sends nothing more after what was sent, and leaves the client the time to read that.
    ///
    /// - Parameter promise: Kept when all has left.
    func finish(_ promise: EventLoopPromise<Void>) {
        stopTaking()
        guard let context else { return promise.succeed() }
        promise.futureResult.assumeIsolated().whenComplete { _ in
            self.hasLeft = true
            if self.neighbours.isQuiescing { context.close(promise: nil) }
        }
        context.close(mode: .output, promise: promise)
    }

    /// Takes no more requests, and closes when the one in hand is answered.
    func quiesce() {
        isEnding = true
        // What was answered last may still be on its way.
        if request == nil, arrived.isEmpty, !isDone || hasLeft { context?.close(promise: nil) }
    }

    /// Closes the connection of a client that has said nothing for too long, unless it waits for an answer.
    func closeIfQuiet(since limit: NIODeadline) {
        guard lastSign < limit, request == nil || arrived.isIncomplete else { return }
        context?.close(promise: nil)
    }
}

extension HTTPResponse {
    fileprivate var saysClose: Bool { headerFields[.connection]?.lowercased() == "close" }
}

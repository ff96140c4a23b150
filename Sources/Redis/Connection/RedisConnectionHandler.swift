import DequeModule
import NIOCore

/// A command on its way, and who waits for the answer.
struct RedisCall: Sendable {
    let command: RedisCommand
    /// How long the answer may take, once everything before it is answered.
    let limit: TimeAmount
    let promise: EventLoopPromise<RedisValue>
}

/// The connection had ended before the command was sent, so another connection may send it.
struct NotSent: Error {
    /// What ended the connection.
    let cause: RedisError
}

/// Writes commands as they come, and gives each answer to the oldest that waits.
///
/// What is submitted in one turn of the event loop goes to the socket at once, however many tasks have submitted it.
final class RedisConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var context: ChannelHandlerContext?
    private var reader: RedisReader
    private var received = ByteBuffer()
    private var outgoing = ByteBuffer()
    private var waiting: Deque<(promise: EventLoopPromise<RedisValue>, limit: TimeAmount)> = []
    private var isFlushing = false
    private var hasAnswered = false
    private var failure: RedisError?
    /// Since when the oldest command waits for nothing but its own answer.
    private var oldestSince = NIODeadline.now()
    private var alarm: (at: NIODeadline, task: Scheduled<Void>)?

    init(answerLimit: Int) {
        self.reader = RedisReader(limit: answerLimit)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    // MARK: Writing

    /// Sends a command; its promise is kept, whatever happens.
    func submit(_ call: RedisCall) {
        guard let context, failure == nil else {
            return call.promise.fail(NotSent(cause: failure ?? .connectionLost))
        }
        call.command.write(to: &outgoing)
        waiting.append((call.promise, call.limit))
        if waiting.count == 1 {
            oldestSince = .now()
            watch(context)
        }
        guard !isFlushing else { return }
        isFlushing = true
        context.eventLoop.assumeIsolated().execute { self.flush() }
    }

    private func flush() {
        isFlushing = false
        guard let context, outgoing.readableBytes > 0 else { return }
        let buffer = outgoing
        outgoing = context.channel.allocator.buffer(capacity: 4096)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if received.readableBytes == 0 { received = buffer } else { received.writeBuffer(&buffer) }
        do throws(RedisError) {
            while let answer = try reader.next(in: &received) { deliver(answer) }
            received.discardReadBytes()
        } catch {
            fail(with: error)
        }
    }

    private func deliver(_ answer: RedisValue) {
        hasAnswered = true
        guard let call = waiting.popFirst() else { return fail(with: .malformedAnswer) }
        oldestSince = .now()
        if case .error(let code) = answer {
            call.promise.fail(RedisError.refused(code: code))
        } else {
            call.promise.succeed(answer)
        }
    }

    // MARK: The end

    /// Sees to it that somebody looks when the oldest command should have been answered.
    private func watch(_ context: ChannelHandlerContext) {
        guard let oldest = waiting.first else { return }
        let due = oldestSince + oldest.limit
        if let alarm, alarm.at <= due { return }
        alarm?.task.cancel()
        alarm = (due, context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { self.look() })
    }

    private func look() {
        alarm = nil
        guard let context, let oldest = waiting.first else { return }
        if oldestSince + oldest.limit <= .now() { fail(with: .timedOut) } else { watch(context) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(with: hasAnswered ? .connectionLost : .unreachable(reason: "the server closed the connection"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(with: hasAnswered ? .connectionLost : .unreachable(reason: "\(error)"))
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        fail(with: .connectionLost)
        self.context = nil
    }

    /// Gives up: after an answer that is lost no other can be told apart.
    private func fail(with error: RedisError) {
        alarm?.task.cancel()
        alarm = nil
        let isFirst = failure == nil
        if isFirst { failure = error }
        while let call = waiting.popFirst() { call.promise.fail(failure ?? error) }
        if isFirst { context?.close(promise: nil) }
    }
}

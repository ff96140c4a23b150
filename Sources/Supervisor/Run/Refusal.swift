import JSONText
import NIOCore
import NIOPosix

/// The answer to those who call a service that cannot be started.
struct Refusal: Sendable {
    let response: String

    /// How long a client has to say something, and to notice the answer.
    private static let patience = TimeAmount.seconds(2)

    init(of service: String, because reason: ExitReason, retryAfter delay: Duration) {
        let seconds = max(1, Int((delay / .seconds(1)).rounded(.up)))
        let error: JSON = [
            "code": "not_started",
            "message": .string("'\(service)' did not start (\(reason.words)). Its log says why."),
            "details": [],
        ]
        let body = (["error": error] as JSON).text
        response = """
            HTTP/1.1 503 Service Unavailable\r
            Content-Type: application/json; charset=utf-8\r
            Content-Length: \(body.utf8.count)\r
            Retry-After: \(seconds)\r
            Connection: close\r
            \r
            \(body)
            """
    }

    /// Takes every connection that waits or comes, and refuses it, until the task is cancelled.
    func serve(on socket: ListeningSocket) async throws {
        let response = response
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(RefusingHandler(response: response))
                }
            }
            .withBoundSocket(socket.duplicate()).get()
        try? await Gate().wait()
        try await listener.close()
    }
}

/// Refuses once something was asked, and lets the rest of the question come.
///
/// An answer that nobody has asked for confuses clients, and to close before all has come may take it from them
/// (RFC 9112, section 9.6).
private final class RefusingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let response: String
    private var hasAnswered = false

    init(response: String) {
        self.response = response
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasAnswered else { return }
        hasAnswered = true
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: response)), promise: nil)
        context.close(mode: .output, promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The client has nothing more to say; where it was answered, it has read all there is.
        if event as? ChannelEvent == .inputClosed { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }
}

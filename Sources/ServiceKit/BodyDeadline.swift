import NIOCore
import NIOHTTPTypes

/// The body of a request did not arrive in time.
struct BodyTimeout: Error {
    let patience: TimeAmount
}

/// Gives up on bodies that do not arrive, so that a client which sends a byte now and then keeps nobody waiting.
///
/// It lives on the connection, where a timer that is started and stopped with each request costs nothing; whoever reads
/// the body meets ``BodyTimeout``.
final class BodyDeadline: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart

    private let patience: TimeAmount
    private var deadline: Scheduled<Void>?

    init(patience: TimeAmount) {
        self.patience = patience
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            let (connection, patience) = (NIOLoopBound(context, eventLoop: context.eventLoop), patience)
            deadline = context.eventLoop.scheduleTask(in: patience) {
                connection.value.fireErrorCaught(BodyTimeout(patience: patience))
            }
        case .body: break
        case .end: stop()
        }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stop()
    }

    private func stop() {
        deadline?.cancel()
        deadline = nil
    }
}

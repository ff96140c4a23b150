import NIOCore
import NIOHTTP1

/// Lets the head of a request wait for the beginning of its body, so that both leave at once.
///
/// `HTTPClient` sends each by itself, which costs a question a second packet, and the server a second look.
final class JoinedRequestHead: ChannelOutboundHandler {
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    private var isHeadLast = false

    /// Adds the handler to a connection of a client.
    static func add(to channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            let encoder = try pipeline.handler(type: HTTPRequestEncoder.self)
            try pipeline.addHandler(JoinedRequestHead(), position: .after(encoder))
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .head = unwrapOutboundIn(data) { isHeadLast = true } else { isHeadLast = false }
        context.write(data, promise: promise)
    }

    /// A request without a body has its end written before it is flushed.
    func flush(context: ChannelHandlerContext) {
        if !isHeadLast { context.flush() }
    }
}

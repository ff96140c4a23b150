import Hummingbird
import HummingbirdCore
import Logging
import LoopExecution
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Serves the connections of a socket that the service manager opened, and may leave when nobody comes any more.
///
/// Hummingbird opens its own socket and takes no other, so accepting is done here and the rest by its channels. The
/// manager keeps the socket: who connects after the end of this process waits for the next one, and is not refused.
struct InheritedServer<Time: Clock<Duration>>: Service {
    let socket: InheritedSocket
    let http: ConnectionOnItsLoop<HTTP1Channel>
    /// How long to go on without any connection; `nil` for ever.
    let idleLimit: Duration?
    /// Whether work goes on without a connection.
    let isBusy: @Sendable () -> Bool
    let clock: Time
    let logger: Logger
    let onListening: @Sendable (any Channel) async -> Void

    func run() async throws {
        try socket.adopt()
        let counter = ConnectionCounter(clock: clock)
        let (connections, acceptor) = AsyncStream.makeStream(of: HTTP1Channel.Value.self)
        let listener = try await listener(counter, acceptor)
        await onListening(listener)
        await withGracefulShutdownHandler {
            async let _: Void = closeWhenIdle(listener, counter)
            await serve(connections)
        } onGracefulShutdown: {
            listener.close(promise: nil)
        }
    }

    private func listener(
        _ counter: ConnectionCounter<Time>,
        _ acceptor: AsyncStream<HTTP1Channel.Value>.Continuation
    ) async throws -> any Channel {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelInitializer { $0.pipeline.addHandler(AcceptedConnections(counter: counter)) }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                http.setup(channel: channel, logger: logger).map { connection in
                    guard case .terminated = acceptor.yield(connection) else { return }
                    // It came as the listener closed. It must outlive its channel, which still writes to it.
                    channel.closeFuture.whenComplete { _ in withExtendedLifetime(connection) {} }
                    channel.close(promise: nil)
                }
            }
            .withBoundSocket(socket.descriptor).get()
        listener.closeFuture.whenComplete { _ in acceptor.finish() }
        return listener
    }

    private func serve(_ connections: AsyncStream<HTTP1Channel.Value>) async {
        await withDiscardingTaskGroup { group in
            for await connection in connections {
                group.addTask {
                    await withGracefulShutdownHandler {
                        await http.handle(value: connection, logger: logger)
                    } onGracefulShutdown: {
                        // Answers in hand are finished, and the connection takes no more requests.
                        connection.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
                    }
                }
            }
        }
    }

    /// Closes the listener once nobody has been connected for the limit, and loses nobody who connects at that moment.
    private func closeWhenIdle(_ listener: any Channel, _ counter: ConnectionCounter<Time>) async {
        guard let idleLimit else { return }
        try? await cancelWhenGracefulShutdown {
            while true {
                if case .look(let moment) = counter.step(limit: idleLimit, isBusy: isBusy()) {
                    try await clock.sleep(until: moment, tolerance: nil)
                    continue
                }
                try await listener.setOption(.autoRead, value: false).get()
                // From here on the kernel keeps new connections for the next process; one may have come just before.
                if case .leave = counter.step(limit: idleLimit, isBusy: isBusy()) { return try await listener.close() }
                try await listener.setOption(.autoRead, value: true).get()
            }
        }
    }
}

/// Counts the connections of a listener as they are accepted and closed.
private final class AcceptedConnections<Time: Clock<Duration>>: ChannelInboundHandler, Sendable {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    private let counter: ConnectionCounter<Time>

    init(counter: ConnectionCounter<Time>) {
        self.counter = counter
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let counter = counter
        counter.opened()
        unwrapInboundIn(data).closeFuture.whenComplete { _ in counter.closed() }
        context.fireChannelRead(data)
    }
}

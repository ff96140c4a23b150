import Hummingbird
import HummingbirdCore
import Logging
import LoopExecution
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Takes connections and serves them, each on its own event loop, and may leave when nobody comes any more.
///
/// Hummingbird's own server would take them in a task of its own, and opens its own socket; so accepting is done here,
/// and the rest by its channels. Where a service manager has opened the socket, it keeps it: who connects after the end
/// of this process waits for the next one, and is not refused.
struct Listener<Time: Clock<Duration>>: Service {
    /// Where connections come from.
    enum Source: Sendable {
        /// An address that is opened here; the port 0 is any that is free.
        case address(host: String, port: Int)
        case socket(InheritedSocket)
    }

    let source: Source
    let http: HTTP1Channel
    /// How long to go on without any connection; `nil` for ever.
    let idleLimit: Duration?
    /// Whether work goes on without a connection.
    let isBusy: @Sendable () -> Bool
    let clock: Time
    let logger: Logger
    let onListening: @Sendable (any Channel) async -> Void

    /// Requests are small, and thousands of connections wait: each begins with little room for what it reads.
    private static var readBuffer: AdaptiveRecvByteBufferAllocator {
        AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 512, maximum: 65_536)
    }

    func run() async throws {
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
        let bootstrap = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { $0.pipeline.addHandler(AcceptedConnections(counter: counter)) }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.recvAllocator, value: Self.readBuffer)
            .childChannelInitializer { channel in
                http.setup(channel: channel, logger: logger).map { connection in
                    guard case .terminated = acceptor.yield(connection) else { return }
                    // It came as the listener closed. It must outlive its channel, which still writes to it.
                    channel.closeFuture.whenComplete { _ in withExtendedLifetime(connection) {} }
                    channel.close(promise: nil)
                }
            }
        let listener: any Channel
        switch source {
        case .address(let host, let port): listener = try await bootstrap.bind(host: host, port: port).get()
        case .socket(let socket):
            try socket.adopt()
            listener = try await bootstrap.withBoundSocket(socket.descriptor).get()
        }
        listener.closeFuture.whenComplete { _ in acceptor.finish() }
        return listener
    }

    private func serve(_ connections: AsyncStream<HTTP1Channel.Value>) async {
        await withDiscardingTaskGroup { group in
            for await connection in connections {
                group.addTask(executorPreference: LoopExecutor.of(connection.channel.eventLoop)) {
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

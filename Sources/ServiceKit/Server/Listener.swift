import Hummingbird
import LoopExecution
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// Takes connections and serves them, each on its own event loop, and may leave when nobody comes any more.
///
/// Where a service manager has opened the socket, it keeps it: who connects after the end
/// of this process waits for the next one, and is not refused.
struct Listener<Time: Clock<Duration>>: Service {
    /// Where connections come from.
    enum Source: Sendable {
        /// An address that is opened here; the port 0 is any that is free.
        case address(host: String, port: Int)
        case socket(InheritedSocket)
    }

    let source: Source
    let respond: @Sendable (Request, any Channel) async throws -> Response
    /// How long a request may take to arrive whole.
    let bodyPatience: TimeAmount
    /// How long to go on without any connection; `nil` for ever.
    let idleLimit: Duration?
    /// Whether work goes on without a connection.
    let isBusy: @Sendable () -> Bool
    let clock: Time
    let onListening: @Sendable (any Channel) async -> Void

    /// Requests are small, and thousands of connections wait: each begins with little room for what it reads.
    private static var readBuffer: AdaptiveRecvByteBufferAllocator {
        AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 512, maximum: 65_536)
    }

    /// How long a client may keep a connection that it does not use.
    private static var patience: TimeAmount { .seconds(60) }

    func run() async throws {
        let counter = ConnectionCounter(clock: clock)
        let intake = LoopIntake<HTTPConversation>()
        let connections = MultiThreadedEventLoopGroup.singleton.makeIterator().map { loop in
            NIOLoopBoundBox.makeBoxSendingValue(OpenConnections(on: loop, patience: Self.patience), eventLoop: loop)
        }
        let listener = try await listener(counter, connections, intake)
        await onListening(listener)
        await withGracefulShutdownHandler {
            async let _: Void = closeWhenIdle(listener, counter)
            await intake.run(.isAwaited) { await $0.answer(respond) }
        } onGracefulShutdown: {
            listener.close(promise: nil)
            for connections in connections { connections.eventLoop.execute { connections.value.quiesce() } }
        }
    }

    private func listener(
        _ counter: ConnectionCounter<Time>,
        _ connections: [NIOLoopBoundBox<OpenConnections>],
        _ intake: LoopIntake<HTTPConversation>
    ) async throws -> any Channel {
        let neighbours = Dictionary(uniqueKeysWithValues: connections.map { (ObjectIdentifier($0.eventLoop), $0) })
        let bootstrap = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { $0.pipeline.addHandler(AcceptedConnections(counter: counter)) }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.recvAllocator, value: Self.readBuffer)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let neighbours = neighbours[ObjectIdentifier(channel.eventLoop)]?.value else { return }
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
                    try pipeline.addHandler(
                        HTTPConnection(neighbours: neighbours, bodyPatience: bodyPatience) { intake.take($0) }
                    )
                }
            }
        let listener: any Channel
        switch source {
        case .address(let host, let port): listener = try await bootstrap.bind(host: host, port: port).get()
        case .socket(let socket):
            try socket.adopt()
            listener = try await bootstrap.withBoundSocket(socket.descriptor).get()
        }
        listener.closeFuture.whenComplete { _ in intake.finish() }
        return listener
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

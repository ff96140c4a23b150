import NIOCore
import NIOPosix
import Synchronization

/// A connection to a server that breaks as those of bad networks do: whenever a test says so, or after so many bytes.
public final class CuttingProxy: Sendable {
    private struct State {
        /// How many bytes may still pass before each cut.
        var cuts: [Int]
        var channels: [any Channel] = []
    }

    public let port: Int
    private let target: Int
    private let state: Mutex<State>
    private let onCut: @Sendable () -> Void

    private init(port: Int, target: Int, cuts: [Int], onCut: @escaping @Sendable () -> Void) {
        self.port = port
        self.target = target
        self.state = Mutex(State(cuts: cuts))
        self.onCut = onCut
    }

    /// The address of the server by this way.
    public var url: String { "http://127.0.0.1:\(port)" }

    /// Breaks all connections that there are; new ones are taken.
    public func cut() {
        let channels = state.withLock { state in
            defer { state.channels = [] }
            return state.channels
        }
        for channel in channels { channel.close(mode: .all, promise: nil) }
        onCut()
    }

    /// Runs before a port of this machine for as long as a test.
    ///
    /// - Parameters:
    ///   - target: The port of the server.
    ///   - cuts: How many bytes of requests pass until the first cut, from there to the second, and so on.
    ///   - onCut: Is told of each cut.
    ///   - body: The test.
    /// - Throws: What the test throws.
    public static func run(
        before target: Int,
        cuts: [Int] = [],
        onCut: @escaping @Sendable () -> Void = {},
        _ body: @Sendable (CuttingProxy) async throws -> Void
    ) async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let port = server.channel.localAddress?.port ?? 0
        let proxy = CuttingProxy(port: port, target: target, cuts: cuts, onCut: onCut)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.executeThenClose { connections in
                    try await withThrowingDiscardingTaskGroup { group in
                        for try await connection in connections {
                            group.addTask { try? await proxy.carry(connection) }
                        }
                    }
                }
            }
            defer { group.cancelAll() }
            try await body(proxy)
        }
    }

    private func carry(_ near: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async throws {
        try await near.executeThenClose { fromNear, toNear in
            let far = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "127.0.0.1", port: target) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            let channel = far.channel
            state.withLock { $0.channels += [near.channel, channel] }
            try await far.executeThenClose { fromFar, toFar in
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { try? await self.send(fromNear, to: toFar) }
                    group.addTask { try? await Self.copy(fromFar, to: toNear) }
                    await group.next()
                    group.cancelAll()
                }
            }
        }
    }

    /// Passes bytes on until the next cut; what comes before it still arrives.
    private func send(
        _ source: NIOAsyncChannelInboundStream<ByteBuffer>,
        to sink: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws {
        for try await bytes in source {
            let passing = state.withLock { state in
                guard let next = state.cuts.first else { return bytes.readableBytes }
                state.cuts[0] = max(0, next - bytes.readableBytes)
                return min(next, bytes.readableBytes)
            }
            try await sink.write(bytes.getSlice(at: bytes.readerIndex, length: passing) ?? bytes)
            guard passing < bytes.readableBytes else { continue }
            state.withLock { state in if !state.cuts.isEmpty { state.cuts.removeFirst() } }
            return cut()
        }
    }

    private static func copy(
        _ source: NIOAsyncChannelInboundStream<ByteBuffer>,
        to sink: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws {
        for try await bytes in source { try await sink.write(bytes) }
    }
}

import NIOCore
import NIOPosix
import Synchronization

/// A connection on the way to a service that a test may cut, as a bad network does.
final class CuttingProxy: Sendable {
    let port: Int
    private let target: Int
    private let connections = Mutex<[any Channel]>([])

    private init(port: Int, target: Int) {
        self.port = port
        self.target = target
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// Breaks all connections that there are; new ones are taken.
    func cut() {
        for channel in connections.withLock({ $0 }) { channel.close(mode: .all, promise: nil) }
    }

    /// Runs before a port of this machine for as long as a test.
    static func run(before target: Int, _ test: @Sendable (CuttingProxy) async throws -> Void) async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let proxy = CuttingProxy(port: server.channel.localAddress?.port ?? 0, target: target)
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
            try await test(proxy)
        }
    }

    private func carry(_ near: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async throws {
        let far = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: target) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        connections.withLock { $0 += [near.channel, far.channel] }
        try await near.executeThenClose { fromNear, toNear in
            try await far.executeThenClose { fromFar, toFar in
                // When one side ends, so does the other.
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { try? await Self.copy(fromNear, to: toFar) }
                    group.addTask { try? await Self.copy(fromFar, to: toNear) }
                    await group.next()
                    group.cancelAll()
                }
            }
        }
    }

    private static func copy(
        _ source: NIOAsyncChannelInboundStream<ByteBuffer>,
        to sink: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws {
        for try await bytes in source { try await sink.write(bytes) }
    }
}

import NIOCore
import NIOHTTP1
import NIOPosix

/// A model server that says what a test tells it, when the test tells it.
///
/// It listens on a real socket. Nothing happens by the clock: a test takes the next call, and sends the parts of the
/// answer one by one.
public final class FakeUpstream: Sendable {
    public let port: Int
    /// What `OPENAI_BASE_URL` should be.
    public var baseURL: String { "http://127.0.0.1:\(port)/v1" }
    private let calls: AsyncStream<UpstreamCall>

    private init(port: Int, calls: AsyncStream<UpstreamCall>) {
        self.port = port
        self.calls = calls
    }

    /// Runs a server for as long as the body of a test.
    public static func run<Value: Sendable>(
        _ body: @Sendable (FakeUpstream) async throws -> Value
    ) async throws -> Value {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Nothing is read before somebody serves the connection: one that comes as a test ends is never served.
            .childChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    return channel
                }
            }
        let (calls, continuation) = AsyncStream<UpstreamCall>.makeStream()
        let upstream = FakeUpstream(port: server.channel.localAddress?.port ?? 0, calls: calls)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.executeThenClose { connections in
                    try await withThrowingDiscardingTaskGroup { group in
                        for try await connection in connections {
                            group.addTask { try? await serve(connection, continuation) }
                        }
                    }
                }
            }
            defer { group.cancelAll() }
            return try await body(upstream)
        }
    }

    /// The next request that arrives; calls come in their order.
    public func nextCall() async throws -> UpstreamCall {
        for await call in calls { return call }
        throw CancellationError()
    }

    private static func serve(
        _ channel: any Channel,
        _ calls: AsyncStream<UpstreamCall>.Continuation
    ) async throws {
        let connection = try await channel.eventLoop.submit {
            try NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>(wrappingChannelSynchronously: channel)
        }.get()
        try await connection.executeThenClose { inbound, outbound in
            try await channel.setOption(.autoRead, value: true).get()
            var head: HTTPRequestHead?
            var body = ByteBuffer()
            for try await part in inbound {
                switch part {
                case .head(let received): head = received
                case .body(var bytes): body.writeBuffer(&bytes)
                case .end:
                    guard let request = head else { continue }
                    calls.yield(
                        UpstreamCall(
                            head: request,
                            body: String(buffer: body),
                            channel: channel,
                            outbound: outbound
                        )
                    )
                    body.clear()
                }
            }
        }
    }
}

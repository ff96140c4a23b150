import NIOCore
import NIOHTTP1
import NIOPosix
import TestInstruments

/// A request as a scripted server has received it.
struct ReceivedRequest: Sendable {
    /// How many came before it.
    let index: Int
    let method: String
    /// Path and query.
    let target: String
    let headers: HTTPHeaders
    let body: String

    /// The path without its query.
    var path: String { String(target.prefix { $0 != "?" }) }
    var line: String { "\(method) \(target)" }
}

/// What a scripted server does about a request.
enum Reply: Sendable {
    case answer(Int, [(String, String)] = [], String = "")
    /// Closes the connection without a word.
    case hangUp
    /// Begins an answer and closes the connection before its end.
    case cut(Int, String)
    /// Begins an answer, tells, and does not go on.
    case stall(begun: @Sendable () async -> Void)

    static func json(_ body: String) -> Reply { json(200, body) }

    static func json(_ status: Int, _ body: String, _ headers: [(String, String)] = []) -> Reply {
        .answer(status, [("Content-Type", "application/json")] + headers, body)
    }
}

/// A server on a real socket whose every answer, good or bad, is a test's.
struct ScriptedServer: Sendable {
    let port: Int
    private let log = Shared<[ReceivedRequest]>([])

    var requests: [ReceivedRequest] { log.withLock { $0 } }

    /// Runs a server for as long as the body of a test.
    static func run<Value: Sendable>(
        _ handler: @escaping @Sendable (ReceivedRequest) async -> Reply,
        _ body: @Sendable (ScriptedServer) async throws -> Value
    ) async throws -> Value {
        let (calls, continuation) = AsyncStream<Call>.makeStream()
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(CallCollector(continuation))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        let server = ScriptedServer(port: listener.localAddress?.port ?? 0)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await withDiscardingTaskGroup { group in
                    for await call in calls {
                        let request = server.note(call)
                        // Who has left needs no answer.
                        group.addTask { try? await call.send(await handler(request)) }
                    }
                }
            }
            do {
                let value = try await body(server)
                continuation.finish()
                try await listener.close()
                group.cancelAll()
                return value
            } catch {
                continuation.finish()
                try await listener.close()
                group.cancelAll()
                throw error
            }
        }
    }

    private func note(_ call: Call) -> ReceivedRequest {
        log.withLock { log in
            let request = ReceivedRequest(
                index: log.count,
                method: call.head.method.rawValue,
                target: call.head.uri,
                headers: call.head.headers,
                body: call.body
            )
            log.append(request)
            return request
        }
    }
}

/// A whole request, and where its answer goes.
private struct Call: Sendable {
    let head: HTTPRequestHead
    let body: String
    let channel: any Channel

    func send(_ reply: Reply) async throws {
        switch reply {
        case .answer(let status, let headers, let body):
            try await begin(status, headers, length: body.utf8.count, body)
            try await channel.writeAndFlush(HTTPServerResponsePart.end(nil))
        case .hangUp: try await channel.close()
        case .cut(let status, let body):
            try await begin(status, [], length: body.utf8.count + 10, body)
            try await channel.close()
        case .stall(let begun):
            try await begin(200, [], length: 100, "{")
            await begun()
        }
    }

    private func begin(_ status: Int, _ headers: [(String, String)], length: Int, _ body: String) async throws {
        var fields = HTTPHeaders(headers)
        if status != 204 { fields.replaceOrAdd(name: "Content-Length", value: String(length)) }
        let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: fields)
        try await channel.writeAndFlush(HTTPServerResponsePart.head(head))
        if body.isEmpty { return }
        try await channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: body))))
    }
}

/// Puts the parts of requests together.
private final class CallCollector: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let calls: AsyncStream<Call>.Continuation
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    init(_ calls: AsyncStream<Call>.Continuation) {
        self.calls = calls
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let received): head = received
        case .body(var bytes): body.writeBuffer(&bytes)
        case .end:
            guard let head else { return }
            calls.yield(Call(head: head, body: String(buffer: body), channel: context.channel))
            body.clear()
        }
    }
}

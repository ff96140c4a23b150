import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOPosix
import TestInstruments
import Testing

@testable import ServiceKit

struct HTTPConnectionTests {
    @Test func `requests that come together are answered one after another`() async throws {
        let text = try await answer { connection in
            try await connection.send("GET /words HTTP/1.1\r\nHost: a\r\n\r\nGET /health HTTP/1.1\r\nHost: a\r\n\r\n")
            try await connection.send("GET /words HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        }
        let parts = text.split(separator: "HTTP/1.1 200 OK\r\n")
        #expect(parts.map { $0.contains("healthy") } == [false, true, false])
        #expect(parts.map { $0.hasSuffix("\r\n\r\n4\r\none \r\n3\r\ntwo\r\n0\r\n\r\n") } == [true, false, true])
        #expect(parts.map { $0.contains("Connection: close") } == [false, false, true])
    }

    @Test(arguments: [0, 3, 5_000, 200_000])
    func `the last piece of an answer comes with its end`(size: Int) async throws {
        let text = try await answer { connection in
            try await connection.send("GET /last/\(size) HTTP/1.1\r\nHost: a\r\n\r\n")
            try await connection.send("GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        }
        let last = size == 0 ? "" : "\(String(size, radix: 16))\r\n\(String(repeating: "x", count: size))\r\n"
        #expect(text.contains("\r\n\r\n4\r\none \r\n\(last)0\r\n\r\nHTTP/1.1 200 OK\r\n"))
    }

    @Test func `what is sent together is one message`() throws {
        let loop = EmbeddedEventLoop()
        let neighbours = OpenConnections(on: loop, patience: .seconds(60))
        let channel = try Self.channel(neighbours, loop)
        let context = try channel.pipeline.syncOperations.context(handlerType: HTTPConnection.self)
        var answer = OutgoingAnswer(HTTPResponse(status: .ok), framing: .chunks, isLast: false, neighbours: neighbours)
        answer.send(ByteBuffer(string: "first"), context)
        answer.send(ByteBuffer(string: "next"), context)
        answer.end(nil, after: ByteBuffer(string: "last"), context)
        var messages: [String] = []
        while case .byteBuffer(let message)? = try channel.readOutbound(as: IOData.self) {
            messages.append(String(buffer: message))
        }
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(messages == ["\(head)5\r\nfirst\r\n", "4\r\nnext\r\n", "4\r\nlast\r\n0\r\n\r\n"])
        _ = try channel.finish()
    }

    @Test func `the head of an answer has no body`() async throws {
        let text = try await answer { connection in
            try await connection.send("HEAD /words HTTP/1.1\r\nHost: a\r\n\r\n")
            try await connection.send("HEAD /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        }
        #expect(text.split(separator: "\r\n\r\n").map { $0.hasPrefix("HTTP/1.1 ") } == [true, true])
        #expect(text.hasSuffix("\r\n\r\n"))
    }

    @Test func `an old client finds the end of an answer where the connection ends`() async throws {
        let text = try await answer { try await $0.send("GET /words HTTP/1.0\r\n\r\n") }
        #expect(text.hasSuffix("Connection: close\r\n\r\none two"))
        #expect(!text.contains("Transfer-Encoding"))
    }

    @Test(arguments: [1, 3, 17])
    func `a body is read however it is cut`(size: Int) async throws {
        let text = try await answer { connection in
            try await connection.send(
                "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 30\r\n\r\n"
            )
            var rest = Substring("All that comes in pieces here.")
            while !rest.isEmpty {
                try await connection.send(String(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
        }
        #expect(text.hasSuffix("\r\n\r\nAll that comes in pieces here."))
    }

    @Test func `a body that nobody wants is passed over`() async throws {
        let body = String(repeating: "GET ", count: 100_000)
        let text = try await answer { connection in
            try await connection.send("POST /health/ HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n")
            try await connection.send(body)
            try await connection.send("GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        }
        #expect(text.split(separator: "HTTP/1.1 ").map { $0.prefix(3) } == ["405", "200"])
    }

    @Test func `what is no request is refused`() async throws {
        let text = try await answer { try await $0.send("How are you?\r\n\r\n") }
        #expect(text == "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    }

    @Test func `an answer that is not ended ends the connection`() async throws {
        let text = try await answer { try await $0.send("GET /unended HTTP/1.1\r\nHost: a\r\n\r\n") }
        #expect(text.hasSuffix("\r\n\r\n4\r\none \r\n"))
    }

    @Test func `an answer that is cut short with its task does not seem to end`() async throws {
        let text = try await answer(until: "one ") { try await $0.send("GET /parting HTTP/1.1\r\nHost: a\r\n\r\n") }
        #expect(text.hasSuffix("\r\n\r\n4\r\none \r\n"))
    }

    @Test func `who reads slowly gets everything`() async throws {
        let text = try await answer { connection in
            try await connection.send("GET /much HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        }
        #expect(text.count { $0 == "x" } == 64 * 100_000)
    }

    @Test(arguments: [
        ("/a?b=c", "/a?b=c"), ("http://host/a?b=c", "/a?b=c"), ("http://host", "/"), ("http://host?b", "/?b"),
        ("*", "*"),
    ])
    func `a target has a path in every form`(target: String, path: String) {
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: target, headers: ["Host": "me", "A": "b"])
        let request = HTTPRequest(head)
        #expect(request?.path == path)
        #expect(request?.authority == "me")
        #expect(request?.headerFields.map(\.value) == ["b"])
    }

    @Test func `quiet connections close, and those that wait for an answer do not`() throws {
        let loop = EmbeddedEventLoop()
        let neighbours = OpenConnections(on: loop, patience: .seconds(60))
        let channels = try (0..<3).map { _ in try Self.channel(neighbours, loop) }
        loop.advanceTime(by: .seconds(50))
        try channels[1].writeInbound(HTTPServerRequestPart.head(Self.head))
        loop.advanceTime(by: .seconds(30))
        #expect(channels.map(\.isActive) == [false, true, false])
        loop.advanceTime(by: .seconds(60))
        #expect(channels.map(\.isActive) == [false, false, false])
    }

    @Test func `a service that stops closes connections that wait for nothing`() throws {
        let loop = EmbeddedEventLoop()
        let neighbours = OpenConnections(on: loop, patience: .seconds(60))
        let channels = try (0..<2).map { _ in try Self.channel(neighbours, loop) }
        try channels[1].writeInbound(HTTPServerRequestPart.head(Self.head))
        neighbours.quiesce()
        #expect(channels.map(\.isActive) == [false, true])
        #expect(try Self.channel(neighbours, loop).isActive == false)
        _ = try channels[1].finish()
    }

    // MARK: Instruments

    private static let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")

    private static func channel(_ neighbours: OpenConnections, _ loop: EmbeddedEventLoop) throws -> EmbeddedChannel {
        let connection = HTTPConnection(neighbours: neighbours, bodyPatience: .seconds(600)) { _ in true }
        let channel = EmbeddedChannel(handler: connection, loop: loop)
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/nowhere")).wait()
        return channel
    }

    private struct Connection {
        let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>

        func send(_ text: String) async throws { try await outbound.write(ByteBuffer(string: text)) }
    }

    /// All that a server says until it ends the connection; it is cancelled after some word, where that is given.
    private func answer(until word: String? = nil, _ ask: (Connection) async throws -> Void) async throws -> String {
        let port = AsyncStream.makeStream(of: Int.self)
        let server = server { port.continuation.yield($0) }
        return try await withThrowingTaskGroup { group in
            group.addTask { try await server.run() }
            var ports = port.stream.makeAsyncIterator()
            let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "127.0.0.1", port: try #require(await ports.next())) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            let text = try await channel.executeThenClose { inbound, outbound in
                try await ask(Connection(outbound: outbound))
                var answer = ByteBuffer()
                for try await var bytes in inbound {
                    answer.writeBuffer(&bytes)
                    if let word, String(buffer: answer).contains(word) { group.cancelAll() }
                }
                return String(buffer: answer)
            }
            group.cancelAll()
            return text
        }
    }

    private func server(onListening: @escaping @Sendable (Int) async -> Void) -> WebServer {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return WebServer(
            identity: ServiceIdentity(name: "sample", version: "9"),
            host: "127.0.0.1",
            port: 0,
            logger: logger,
            onListening: onListening
        ) { router in
            router.post("echo") { request, _ in
                Response(status: .ok, body: ResponseBody(byteBuffer: try await request.body.collect(upTo: 1024)))
            }
            for (path, isEnded) in [("words", true), ("unended", false)] {
                router.get(RouterPath(path)) { _, _ in Self.words(isEnded: isEnded) }
            }
            router.head("words") { _, _ in Self.words(isEnded: true) }
            router.get("last/:size") { _, context in
                let size = try context.parameters.require("size", as: Int.self)
                return Response(
                    status: .ok,
                    body: ResponseBody { writer in
                        try await writer.write(ByteBuffer(string: "one "))
                        try await writer.finish(with: ByteBuffer(repeating: UInt8(ascii: "x"), count: size))
                    }
                )
            }
            router.get("parting") { _, _ in Self.parting }
            router.get("much") { _, _ in Self.much }
        }
    }

    private static func words(isEnded: Bool) -> Response {
        Response(
            status: .ok,
            body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: "one "))
                guard isEnded else { return }
                try await writer.write(ByteBuffer(string: "two"))
                try await writer.finish(nil)
            }
        )
    }

    /// Says something when it is cancelled, and not before.
    private static var parting: Response {
        Response(
            status: .ok,
            body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: "one "))
                try? await Task.sleep(for: .seconds(600))
                try await writer.write(ByteBuffer(string: "two"))
                try await writer.finish(nil)
            }
        )
    }

    private static var much: Response {
        Response(
            status: .ok,
            body: ResponseBody { writer in
                let piece = ByteBuffer(repeating: UInt8(ascii: "x"), count: 100_000)
                for _ in 0..<64 { try await writer.write(piece) }
                try await writer.finish(nil)
            }
        )
    }
}

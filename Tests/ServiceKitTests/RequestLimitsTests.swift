import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Testing

@testable import ServiceKit

@Suite(.timeLimit(.minutes(1))) struct RequestLimitsTests {
    @Test func `an answer counts until its last byte is sent`() async throws {
        try await serving(streams: 1) { server in
            let first = try await server.ask()
            #expect(first.status == .ok)
            let refused = try await server.ask()
            #expect(refused.status == .tooManyRequests)
            #expect(refused.headers.first(name: "Retry-After") == "1")
            let body = try await refused.body.collect(upTo: 1024)
            #expect(String(buffer: body).contains("too_many_streams"))
            server.gates.open()
            #expect(try await String(buffer: first.body.collect(upTo: 1024)) == "begin end")
            await server.becomesFree()
            #expect(try await server.ask(path: "quick").status == .ok)
        }
    }

    @Test func `an answer whose client is gone counts no more`() async throws {
        try await serving(streams: 1) { server in
            let client = HTTPClient(eventLoopGroupProvider: .singleton)
            let response = try await client.execute(server.request(), timeout: .seconds(30))
            #expect(response.status == .ok)
            #expect(server.limiter.users == 1)
            try await client.shutdown()
            await server.becomesFree()
            #expect(try await server.ask(path: "quick").status == .ok)
        }
    }

    @Test func `an error gives the place back at once`() async throws {
        try await serving(streams: 1) { server in
            for _ in 0..<5 {
                let response = try await server.ask(path: "broken")
                #expect(response.status == .internalServerError)
            }
            await server.becomesFree()
        }
    }

    @Test func `what is refused for the one limit takes nothing of the other`() async throws {
        try await serving(rate: 2, streams: 1) { server in
            let first = try await server.ask()
            for _ in 0..<5 {
                let response = try await server.ask()
                #expect(response.status == .tooManyRequests)
            }
            server.gates.open()
            _ = try await first.body.collect(upTo: 1024)
            await server.becomesFree()
            #expect(try await server.ask(path: "quick").status == .ok)
            await server.becomesFree()
            let late = try await server.ask(path: "quick")
            #expect(late.status == .tooManyRequests)
            // A question every half a minute; how much of that has passed is the machine's affair.
            #expect((1...30).contains(late.headers.first(name: "Retry-After").flatMap { Int($0) } ?? 0))
        }
    }

    @Test func `users are told apart by the last trusted proxy, and not by what a client makes up`() async throws {
        try await serving(streams: 1, proxies: 1) { server in
            let first = try await server.ask(from: "10.0.0.1, 198.51.100.7")
            #expect(first.status == .ok)
            #expect(try await server.ask(from: "made up, 198.51.100.7").status == .tooManyRequests)
            #expect(try await server.ask(from: "10.0.0.1, 198.51.100.8").status == .ok)
            server.gates.open()
            _ = try await first.body.collect(upTo: 1024)
        }
    }

    @Test func `without trusted proxies the header is worth nothing`() async throws {
        try await serving(streams: 1) { server in
            let first = try await server.ask(from: "198.51.100.7")
            #expect(first.status == .ok)
            #expect(try await server.ask(from: "198.51.100.8").status == .tooManyRequests)
            server.gates.open()
            _ = try await first.body.collect(upTo: 1024)
        }
    }

    @Test(arguments: [
        ("203.0.113.9", 1, "203.0.113.9"), ("1.1.1.1, 203.0.113.9:4711", 1, "203.0.113.9"),
        ("1.1.1.1, 203.0.113.9, 10.0.0.1", 2, "203.0.113.9"), ("2001:db8:1:2::5", 1, "20010db800010002"),
        ("2001:db8:1:2:ffff::9", 1, "20010db800010002"),
    ])
    func `an address is read from the chain of proxies`(chain: String, proxies: Int, address: String) {
        #expect(ClientAddress(forwarded: chain, behind: proxies)?.text == address)
    }

    @Test(arguments: ["", "somebody", "1.1.1.1, "])
    func `a chain that names nobody names nobody`(chain: String) {
        #expect(ClientAddress(forwarded: chain, behind: 1) == nil)
    }

    @Test func `only those are remembered who are being answered`() throws {
        let limiter = ConcurrencyLimiter(limit: 2)
        for number in 0..<10_000 {
            try limiter.enter("user-\(number)")
            try limiter.enter("user-\(number)")
            #expect(throws: APIError.self) { try limiter.enter("user-\(number)") }
            limiter.leave("user-\(number)")
            limiter.leave("user-\(number)")
        }
        #expect(limiter.users == 0)
    }

    // MARK: A server with limits

    private struct Limited: Sendable {
        let url: String
        let client: HTTPClient
        let limiter: ConcurrencyLimiter
        let gates: Gates

        func request(path: String = "slow", from chain: String? = nil) -> HTTPClientRequest {
            var request = HTTPClientRequest(url: "\(url)/\(path)")
            request.method = .POST
            if let chain { request.headers.add(name: "X-Forwarded-For", value: chain) }
            return request
        }

        func ask(path: String = "slow", from chain: String? = nil) async throws -> HTTPClientResponse {
            try await client.execute(request(path: path, from: chain), timeout: .seconds(30))
        }

        /// Waits until nobody is being answered, which is a moment after a client has its last byte.
        func becomesFree() async {
            while limiter.users > 0 { await Task.yield() }
        }
    }

    /// Holds answers back until it is opened.
    private final class Gates: Sendable {
        private let gate: AsyncStream<Never>
        private let opening: AsyncStream<Never>.Continuation

        init() { (gate, opening) = AsyncStream.makeStream() }

        func open() { opening.finish() }
        func wait() async { for await _ in gate {} }
    }

    private func serving(
        rate: Int? = nil,
        streams: Int,
        proxies: Int = 0,
        _ test: @escaping @Sendable (Limited) async throws -> Void
    ) async throws {
        let (limiter, gates) = (ConcurrencyLimiter(limit: streams), Gates())
        let limits = RequestLimits(
            rate: rate.map { RateLimiter(perMinute: $0) },
            streams: limiter,
            proxies: proxies
        ) { _ in .question }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let server = WebServer(
            identity: ServiceIdentity(name: "sample"),
            host: "127.0.0.1",
            port: 0,
            logger: logger,
            onListening: { listening.yield($0) }
        ) { router in
            router.add(middleware: limits)
            router.post("quick") { _, _ in Response(status: .ok) }
            router.post("broken") { _, _ -> Response in throw CancellationError() }
            router.post("slow") { _, context in
                try await context.clientPresence().whenGone { gates.open() }
                return Response(
                    status: .ok,
                    body: ResponseBody { writer in
                        try await writer.write(ByteBuffer(string: "begin"))
                        await gates.wait()
                        try await writer.write(ByteBuffer(string: " end"))
                        try await writer.finish(nil)
                    }
                )
            }
        }
        let group = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            guard let port = await ports.first(where: { _ in true }) else { throw CancellationError() }
            let client = HTTPClient(eventLoopGroupProvider: .singleton)
            let limited = Limited(url: "http://127.0.0.1:\(port)", client: client, limiter: limiter, gates: gates)
            let result = await Result(catching: { try await test(limited) })
            gates.open()
            try await client.shutdown()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try result.get()
        }
    }
}

extension Result where Failure == any Error {
    fileprivate init(catching body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

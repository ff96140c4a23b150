import AsyncHTTPClient
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import TestInstruments
import Testing

@testable import ServiceKit

struct ListenerTests {
    private static let limit = Duration.seconds(300)
    /// How long an answer may take on a busy machine before it counts as lost.
    private static let patience = TimeAmount.minutes(5)

    @Test func `a socket that somebody else opened is served`() async throws {
        try await withSocket { socket, client in
            let running = Readiness()
            let server = server(on: socket, clock: TestClock(), running: running)
            let group = ServiceGroup(services: [server], logger: Self.quiet)
            try await withThrowingTaskGroup { tasks in
                tasks.addTask { try await group.run() }
                await running.wait()
                let answer = try await client.execute(Self.request(socket), timeout: Self.patience)
                #expect(answer.status == .ok)
                #expect(
                    answer.headers.first(name: "date")?.contains(#/^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/#) == true
                )
                #expect(String(buffer: try await answer.body.collect(upTo: 1024)).contains("healthy"))
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }
    }

    @Test func `it stays while somebody is connected and leaves when nobody has been for the limit`() async throws {
        try await withSocket { socket, client in
            let clock = TestClock()
            let server = server(on: socket, clock: clock)
            try await withThrowingTaskGroup { tasks in
                tasks.addTask { try await server.run() }
                for _ in 0..<3 {
                    // The connection of the first request stays open, and carries the others.
                    let answer = try await client.execute(Self.request(socket), timeout: Self.patience)
                    _ = try await answer.body.collect(upTo: 1024)
                    await clock.waitForSleepers(1)
                    clock.advance(by: Self.limit)
                }
                try await client.shutdown()
                tasks.addTask { await Self.letTimePass(on: clock) }
                try await tasks.next()
                tasks.cancelAll()
            }
        }
    }

    /// A client connects just as one server after the other leaves; whoever is not accepted waits for the next server.
    @Test func `nobody who connects while a server leaves is lost`() async throws {
        try await withSocket { socket, client in
            let clock = TestClock()
            let isDone = Shared(false)
            try await withThrowingTaskGroup { tasks in
                tasks.addTask {
                    while !isDone.withLock({ $0 }) { try await server(on: socket, clock: clock).run() }
                }
                for _ in 0..<60 {
                    await clock.waitForSleepers(1)
                    var request = Self.request(socket)
                    request.headers.add(name: "connection", value: "close")
                    async let pending = client.execute(request, timeout: Self.patience)
                    clock.advance(by: Self.limit)
                    let answer = try await pending
                    #expect(answer.status == .ok)
                    _ = try await answer.body.collect(upTo: 1024)
                }
                isDone.withLock { $0 = true }
                tasks.cancelAll()
                while let _ = try? await tasks.next() {}
            }
        }
    }

    private static func letTimePass(on clock: TestClock) async {
        while !Task.isCancelled {
            await clock.waitForSleepers(1)
            clock.advance(by: limit)
        }
    }

    private static let quiet = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()

    private static func request(_ socket: ListeningSocket) -> HTTPClientRequest {
        HTTPClientRequest(url: "http://127.0.0.1:\(socket.port)/health")
    }

    private func server(
        on socket: ListeningSocket,
        clock: TestClock,
        running: Readiness? = nil
    ) -> Listener<TestClock> {
        let server = WebServer(
            identity: ServiceIdentity(name: "sample", version: "9"),
            host: "127.0.0.1",
            port: 0,
            logger: Self.quiet,
            onListening: { _ in running?.report() }
        ) { _ in }
        return server.listener(
            on: .socket(InheritedSocket(descriptor: socket.duplicate())),
            idleLimit: Self.limit,
            clock: clock
        )
    }

    private func withSocket(
        _ body: (ListeningSocket, HTTPClient) async throws -> Void
    ) async throws {
        let socket = try ListeningSocket()
        defer { socket.close() }
        let client = HTTPClient()
        do {
            try await body(socket, client)
        } catch {
            try? await client.shutdown()
            throw error
        }
        try? await client.shutdown()
    }
}

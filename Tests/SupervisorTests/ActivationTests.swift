import JSONText
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import TestInstruments
import Testing

@testable import Supervisor

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the supervisor does with programs that do not behave; those that do are tested with the whole product.
struct ActivationTests {
    @Test func `nothing runs before somebody calls, and who calls in vain is told why`() async throws {
        try await Sleeper.running("exit 78") { sleeper in
            try await sleeper.reaches { $0.last == "asleep" }
            #expect(sleeper.words == ["waiting", "asleep"])
            let answer = try await sleeper.call()
            #expect(answer.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
            #expect(answer.contains("\r\nRetry-After: 1\r\n"))
            let body = try #require(answer.split(separator: "\r\n\r\n").last)
            let error = try JSON(parsing: String(body))["error"]
            #expect(error?["code"]?.string == "not_started")
            #expect(error?["message"]?.string == "'sleeper' did not start (exit code 78). Its log says why.")
            // One failure might be an accident.
            #expect(sleeper.words.filter { $0 == "restarting" }.count == 2)
        }
    }

    @Test func `everybody who waits for a program that cannot start is told so`() async throws {
        try await Sleeper.running("exit 1") { sleeper in
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<50 { group.addTask { try await sleeper.call() } }
                for try await answer in group { #expect(answer.hasPrefix("HTTP/1.1 503 ")) }
            }
        }
    }

    @Test func `a program that ends well without ever having answered counts as failed`() async throws {
        try await Sleeper.running("exit 0") { sleeper in
            let answer = try await sleeper.call()
            #expect(answer.hasPrefix("HTTP/1.1 503 "))
        }
    }

    @Test func `the program gets the socket, its own number, and its other output as always`() async throws {
        let script = #"echo "$LISTEN_FDS $(( LISTEN_PID == $$ )) $(readlink /proc/$$/fd/3)"; echo trouble >&2; exit 1"#
        try await Sleeper.running(script) { sleeper in
            _ = try await sleeper.call()
            let lines = sleeper.lines
            #if os(Linux)
            #expect(lines.first?.hasPrefix("1 1 socket:[") == true)
            #endif
            #expect(lines.contains("trouble"))
        }
    }

    @Test func `a program that starts for ever is stopped with everything else`() async throws {
        try await Sleeper.running("exec sleep 1000") { sleeper in
            let client = try await sleeper.connect()
            try await sleeper.reaches { $0.last == "waking" }
            try await client.close()
        }
    }

    @Test func `messages wake a worker, and it is stopped when they are gone`() async throws {
        let backlog = Shared(0)
        // It answers one question for its health, and leaves when it is told to.
        let script = #"""
            exec python3 -c '
            import http.server, signal, sys
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
            class Answer(http.server.BaseHTTPRequestHandler):
                protocol_version = "HTTP/1.1"
                def do_GET(self):
                    self.send_response(200)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
            http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
            ' "$1"
            """#
        let sleep = SleepPlan(listens: false, queues: ["jobs"], patience: .milliseconds(1))
        try await Sleeper.running(script, sleep: sleep, backlog: { _ in backlog.withLock { $0 } }) { sleeper in
            try await sleeper.reaches { $0.last == "asleep" }
            for round in 1...2 {
                backlog.withLock { $0 = 3 }
                try await sleeper.reaches { words in words.filter { $0 == "healthy" }.count == round }
                backlog.withLock { $0 = 0 }
                try await sleeper.reaches { words in words.last == "asleep" }
            }
            #expect(!sleeper.words.contains("restarting"))
        }
    }
}

/// A supervisor with one program that sleeps.
private struct Sleeper: Sendable {
    let port: Int
    private let events: Shared<[SupervisorEvent]>
    /// Says that there are more.
    private let changes: AsyncStream<Void>

    /// What the program was reported to be, each change once.
    var words: [String] {
        let words = events.withLock { $0 }.compactMap { event -> String? in
            if case .changed(let status) = event { status.state.word } else { nil }
        }
        return words.indices.filter { $0 == 0 || words[$0] != words[$0 - 1] }.map { words[$0] }
    }

    var lines: [String] {
        events.withLock { $0 }.compactMap { if case .line(_, let text) = $0 { text } else { nil } }
    }

    /// Supervises a shell script, which is told its port, and stops it after.
    static func running(
        _ script: String,
        sleep: SleepPlan = SleepPlan(listens: true, queues: [], patience: .seconds(1)),
        backlog: @escaping BacklogCount = { _ in 0 },
        _ body: (Sleeper) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sleeper-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let program = folder.appending(path: "program").path
        try #require(
            FileManager.default.createFile(
                atPath: program,
                contents: Data("#!/bin/sh\n\(script)\n".utf8),
                attributes: [.posixPermissions: 0o755]
            )
        )
        let port = try FreePort.socket().1
        let events = Shared<[SupervisorEvent]>([])
        let (changes, change) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        var process = ProcessPlan(
            name: "sleeper",
            executable: "program",
            arguments: [String(port)],
            environment: [:],
            port: port,
            waitsFor: [],
            examples: [],
            needsToken: false
        )
        process.sleep = sleep
        let supervisor = Supervisor(
            LocalPlan(stack: "sample", processes: [process], notes: [], secrets: []),
            executables: folder.path,
            environment: ProcessInfo.processInfo.environment,
            backlog: backlog
        ) { event in
            events.withLock { $0.append(event) }
            change.yield()
        }
        let group = ServiceGroup(services: [supervisor], logger: .init(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let sleeper = Sleeper(port: port, events: events, changes: changes)
            // It listens before it says anything.
            try await sleeper.reaches { !$0.isEmpty }
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body(sleeper)) } catch { outcome = .failure(error) }
            await group.triggerGracefulShutdown()
            try outcome.get()
            try await tasks.waitForAll()
            #expect(sleeper.words.last == "stopped")
        }
        try FileManager.default.removeItem(at: folder)
    }

    /// Waits until the program has been reported to be what a condition says.
    func reaches(_ condition: ([String]) -> Bool) async throws {
        var changes = changes.makeAsyncIterator()
        while !condition(words) {
            let change: Void? = await changes.next()
            try #require(change != nil)
        }
    }

    func connect() async throws -> any Channel {
        try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port).get()
    }

    /// Asks something, and returns all that is said until the other side closes.
    func call() async throws -> String {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: sleeper\r\n\r\n"))
            var answer = ""
            for try await buffer in inbound { answer += String(buffer: buffer) }
            return answer
        }
    }
}

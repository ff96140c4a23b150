import AsyncHTTPClient
import Foundation
import JSONText
import NIOCore
import NIOHTTP1
import Testing

/// Apps of the stack that sleep until somebody needs them, as `infra up --scale-to-zero` runs them.
@Suite(.serialized) struct ScaleToZeroTests {
    /// The tests cannot wait for five minutes.
    private static let impatient = ["IDLE_EXIT_SECONDS": "1"]

    @Test func `the first request starts the app, quiet stops it, and the next one starts it again`() async throws {
        try await sleeping { system in
            #expect(try await system.state(of: "chat") == "asleep")
            #expect(try await system.processID(of: "chat") == nil)
            #expect(try await system.state(of: "functions") == "healthy")
            for _ in 0..<2 {
                let answer = try await system.chat()
                #expect(answer.status == 200)
                #expect(String(decoding: answer.body, as: UTF8.self).contains("offline"))
                try await eventually { try await system.state(of: "chat") == "asleep" }
                #expect(try await system.processID(of: "chat") == nil)
            }
            let status = try await system.status()
            #expect(status["services"]?.array?.compactMap { $0["restarts"]?.integer }.allSatisfy { $0 == 0 } == true)
            let logs = try await system.infra("logs", "chat").output
            #expect(logs.contains("asleep") && logs.contains("waking"))
        }
    }

    @Test func `all who come at once are answered by the one process that they start`() async throws {
        try await sleeping { system in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<100 {
                    group.addTask { try await system.chat().status }
                }
                for try await status in group { #expect(status == 200) }
            }
            let lines = try await system.infra("logs", "chat", "--lines", "1000").output.split(separator: "\n")
            #expect(lines.filter { $0.hasSuffix("waking") }.count == 1)
        }
    }

    @Test func `messages start a worker, and it stops when none are left`() async throws {
        try await Receiver.listening { receiver, url in
            try await sleeping(stage: "production", environment: ["NOTIFY_URL": url]) { system in
                #expect(try await system.state(of: "generator") == "asleep")
                let token = try await system.token(for: "ada")
                for round in 1...2 {
                    let body = """
                        {"source":"t","type":"llm.chat",
                        "metadata":{"messages":[{"role":"user","content":"Question \(round)"}]}}
                        """
                    #expect(try await post("\(system.eventsURL)/api/events", body, token: token).status == 202)
                    try await eventually { receiver.received.count == round }
                    try await eventually { try await system.state(of: "generator") == "asleep" }
                }
            }
        }
    }

    @Test func `an app that cannot start says so to those who call it`() async throws {
        // In production nothing but what sleeps reads this.
        try await sleeping(stage: "production", environment: ["OPENAI_BASE_URL": "no address"]) { system in
            let answer = try await system.chat()
            #expect(answer.status == 503)
            #expect(answer.headers.first(name: "retry-after") == "1")
            #expect(try JSON(parsing: answer.body)["error"]?["code"]?.string == "not_started")
            #expect(try await system.infra("logs", "chat").output.contains("OPENAI_BASE_URL"))
            try await eventually { try await system.state(of: "chat") == "asleep" }
        }
    }

    @Test func `an app that is killed is started by the next request`() async throws {
        try await sleeping(environment: ["IDLE_EXIT_SECONDS": "300"]) { system in
            #expect(try await system.chat().status == 200)
            try await eventually { try await system.state(of: "chat") == "healthy" }
            let first = try #require(try await system.processID(of: "chat"))
            kill(first, SIGKILL)
            try await eventually { try await system.state(of: "chat") == "asleep" }
            #expect(try await system.chat().status == 200)
            try await eventually { try await system.processID(of: "chat") ?? first != first }
        }
    }

    @Test func `a killed supervisor leaves nothing behind, and the next start finds the port free`() async throws {
        let system = try LocalSystem(environment: ["IDLE_EXIT_SECONDS": "300"])
        try await system.start(scaleToZero: true)
        #expect(try await system.chat().status == 200)
        let supervisor = try #require(try await system.status()["supervisor"]?.integer)
        kill(Int32(supervisor), SIGKILL)
        try await eventually { system.processIDs.isEmpty }
        try await system.start(scaleToZero: true)
        let second = try await system.infra(
            "up",
            "--scale-to-zero",
            "--port-offset",
            String(system.portOffset + 20_000)
        )
        #expect(second.code == 1 && second.errors.contains("already runs here"))
        #expect(try await system.infra("down").code == 0)
        try await eventually { system.processIDs.isEmpty }
        try FileManager.default.removeItem(at: system.folder)
    }

    @Test func `an idle time that is no number is refused before anything starts`() async throws {
        let system = try LocalSystem(environment: ["IDLE_EXIT_SECONDS": "soon"])
        let result = try await system.infra("up", "--scale-to-zero", "--port-offset", String(system.portOffset))
        #expect(result.code == 78 && result.errors.contains("IDLE_EXIT_SECONDS"))
        #expect(system.processIDs.isEmpty)
    }

    private func sleeping(
        stage: String = "dev",
        environment: [String: String] = [:],
        _ body: (LocalSystem) async throws -> Void
    ) async throws {
        let environment = Self.impatient.merging(environment) { $1 }
        try await LocalSystem.running(stage: stage, scaleToZero: true, environment: environment, body)
    }
}

extension LocalSystem {
    /// Asks on a connection of its own: one that is kept open for the next request would keep the app awake.
    fileprivate func chat() async throws -> Answer {
        var request = HTTPClientRequest(url: "\(chatURL)/api/chat/stream")
        request.method = .POST
        request.headers.add(contentsOf: ["content-type": "application/json", "connection": "close"])
        request.body = .bytes(ByteBuffer(string: #"{"message":"Hi"}"#))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 1 << 20)
        return Answer(
            status: Int(response.status.code),
            headers: response.headers,
            body: Array(bytes.readableBytesView)
        )
    }

    fileprivate func state(of service: String) async throws -> String? {
        let services = try await status()["services"]?.array ?? []
        return services.first { $0["name"]?.string == service }?["state"]?.string
    }
}

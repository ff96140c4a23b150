import Foundation
import JSONText
import TestInstruments
import NIOHTTP1
import Testing
import ValidatorTools

/// A broker that goes away and comes back, what the service tells of it, and what it never tells.
@Suite(.timeLimit(.minutes(5))) struct EventOutageTests {
    private static let secrets = [
        "JWT_SIGNING_KEY": "canary-of-tokens-7c1d9a52e0b84f6d", "NOTIFY_SIGNING_KEY": "canary-of-signatures-91f3",
        "OPENAI_API_KEY": "sk-canary-of-models-2b7e",
    ]

    @Test(.enabled(if: Validators.areExpected, Validators.missing))
    func `an outage is told, loses nothing, and no secret is told with it`() async throws {
        let broker = try KilledBroker(queues: ["events,lock=2,deduplication=600", "events-dead"])
        defer { try? FileManager.default.removeItem(atPath: broker.folder) }
        let phase = Shared(Phase.running)
        try await Receiver.listening { receiver, url in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await broker.run { phase.withLock { $0 >= .away } }
                    try await eventually(within: .seconds(120)) { phase.withLock { $0 >= .back } }
                    try await broker.run { phase.withLock { $0 >= .over } }
                }
                defer { phase.withLock { $0 = .over } }
                var environment = Self.secrets
                environment["NOTIFY_URL"] = url
                environment["OPENAI_BASE_URL"] = url
                environment["SERVICEBUS_CONNECTION"] = broker.connection
                try await eventually { await broker.isHealthy }
                try await LocalSystem.running(environment: environment) { system in
                    let token = try await system.token(for: "ada")
                    try await checkOutage(system, receiver, token) {
                        phase.withLock { $0 = .away }
                        try await eventually { await !broker.isHealthy }
                    } restart: {
                        phase.withLock { $0 = .back }
                        try await eventually { await broker.isHealthy }
                    }
                    try await checkMetrics(system, receiver)
                    try await checkSecrecy(system, token)
                }
            }
        }
    }

    /// What the broker does.
    private enum Phase: Int, Comparable {
        case running, away, back, over

        static func < (one: Phase, other: Phase) -> Bool { one.rawValue < other.rawValue }
    }

    private func checkOutage(
        _ system: LocalSystem,
        _ receiver: Receiver,
        _ token: String,
        stop: () async throws -> Void,
        restart: () async throws -> Void
    ) async throws {
        try await eventually { try await system.request(.GET, "/ready").status == 200 }
        let before = try await system.say("before", token: token)
        #expect(before != nil)
        try await eventually { receiver.received["before"] != nil }
        try await stop()
        try await eventually { try await system.request(.GET, "/ready").status == 503 }
        let unready = try await system.request(.GET, "/ready")
        #expect(unready.json == ["status": "unready", "dependencies": ["broker": "away"]])
        let event = #"{"source":"t","type":"user.message","metadata":{"text":"during"}}"#
        let key = [("Idempotency-Key", "during")]
        let refused = try await system.request(.POST, "/api/events", event, token: token, headers: key)
        #expect(refused.status == 503 && refused.errorCode == "broker_unavailable", "\(refused.text)")
        #expect(refused.headers.first(name: "retry-after") == "1")
        try await restart()
        try await eventually { try await system.request(.GET, "/ready").status == 200 }
        #expect(try await system.request(.POST, "/api/events", event, token: token, headers: key).status == 202)
        try await eventually { receiver.received["during"] == 1 }
        #expect(try await system.say("after", token: token) != nil)
        try await eventually { receiver.received["after"] == 1 }
        // A broker that is killed may not have heard that it was delivered, and then it comes again, as the same event.
        #expect(receiver.ids(of: "before").count == 1)
    }

    /// Prometheus' own parser reads what was counted.
    private func checkMetrics(_ system: LocalSystem, _ receiver: Receiver) async throws {
        try await eventually { try await Int(system.handled("user.message")) == receiver.delivered.count }
        let text = try await system.request(.GET, "/metrics").text
        let verdict = try await Validators.python("metrics.py", input: text)
        try #require(verdict.isAccepted, "\(verdict.words)")
        let samples = try JSON(parsing: verdict.words).array ?? []
        func value(_ name: String, _ labels: JSON) -> String? {
            guard
                case .number(let text)? = samples.first(where: { $0["name"]?.string == name && $0["labels"] == labels }
                )?["value"]
            else { return nil }
            return text
        }
        #expect(
            value("events_handled_total", ["type": "user.message", "outcome": "done"]) == "\(receiver.delivered.count)"
        )
        #expect(value("events_age_seconds_count", ["type": "user.message"]) == "\(receiver.delivered.count)")
    }

    /// Nothing that the programs say or keep holds a key or a token.
    private func checkSecrecy(_ system: LocalSystem, _ token: String) async throws {
        let chat = #"{"source":"t","type":"llm.chat","metadata":{"messages":[{"role":"user","content":"Hi"}]}}"#
        var answers = [try await system.request(.POST, "/api/events", chat, token: token)]
        answers.append(try await system.request(.POST, "/api/events", chat, token: token + "x"))
        // The model refuses, which is the time to talk too much.
        try await eventually {
            let (failed, rejected) = (
                try await system.handled("llm.chat", "failed"), try await system.handled("llm.chat", "rejected")
            )
            return failed + rejected > 0
        }
        for path in ["/health", "/ready", "/metrics", "/openapi.json", "/api/posts", "/api/schedule", "/nothing"] {
            answers.append(try await system.request(.GET, path, token: token))
        }
        var texts = answers.map { "\($0.headers)\($0.text)" }
        for words in [["status"], ["logs", "--lines", "1000"], ["doctor"]] {
            let result = try await system.infra(words)
            texts += [result.output, result.errors]
        }
        for file in try FileManager.default.subpathsOfDirectory(atPath: system.folder.path) {
            let data = FileManager.default.contents(atPath: system.folder.appending(path: file).path) ?? Data()
            texts.append(String(decoding: data, as: UTF8.self))
        }
        texts.append(system.allLogs)
        #expect(texts.contains { $0.contains("broker_unavailable") || $0.contains("answered") })
        let signature = token.split(separator: ".").last.map(String.init) ?? token
        for secret in Self.secrets.values + [signature, "the key of a killed broker"] {
            #expect(!texts.contains { $0.contains(secret) }, "\(secret)")
        }
    }
}

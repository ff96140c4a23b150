import FakeCollector
import FakeUpstream
import Foundation
import JSONText
import NIOHTTP1
import Testing
import ValidatorTools

/// The whole system with a collector: real programs, a real broker, one trace.
@Suite(.timeLimit(.minutes(5))) struct TraceTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let canary = "sk-canary-of-traces-77c1"

    @Test(.enabled(if: Validators.areExpected, Validators.missing))
    func `a request, its messages, the worker and the model are one trace, and hold no secret`() async throws {
        let reading = try await FakeUpstream.run { model in
            try await FakeCollector.run { collector in
                let environment = [
                    "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
                    "OPENAI_BASE_URL": model.baseURL, "OPENAI_API_KEY": Self.canary,
                    "JWT_SIGNING_KEY": "\(Self.canary)-\(String(repeating: "x", count: 32))",
                ]
                try await LocalSystem.running(stage: "production", environment: environment) { system in
                    try await ask(system)
                    let call = try await model.nextCall()
                    let header = try #require(call.head.headers.first(name: "traceparent"))
                    #expect(header.contains(Self.trace))
                    try await call.begin()
                    try await call.send(text: "Hello")
                    try await call.finish(prompt: 11, completion: 5)
                    try await eventually { system.allLogs.contains(#""message":"message for a user""#) }
                    #expect(system.allLogs.contains(#""trace_id":"\#(Self.trace)""#))
                }
                let sent = collector.deliveries
                #expect(!sent.contains { String(decoding: $0.body, as: UTF8.self).contains("canary") })
                return try await collector.reading()
            }
        }
        try check(reading["spans"]?.array ?? [])
        try check(metrics: reading["metrics"]?.array ?? [])
    }

    private func ask(_ system: LocalSystem) async throws {
        let token = try await system.token(for: "ada")
        let chat =
            #"{"source":"t","type":"llm.chat","metadata":{"messages":[{"role":"user","content":"a canary sings"}]}}"#
        let answer = try await system.request(
            .POST,
            "/api/events?key=canary",
            chat,
            token: token,
            headers: [("traceparent", "00-\(Self.trace)-00f067aa0ba902b7-01")]
        )
        #expect(answer.status == 202)
    }

    /// Each step is caused by the one before.
    private func check(_ all: [JSON]) throws {
        let spans = all.filter { $0["trace"]?.string == Self.trace }
        var cause = "00f067aa0ba902b7"
        let steps = [
            ("event-functions", "POST /api/events"), ("event-functions", "send events"), ("event-functions", "process"),
            ("event-functions", "send generations"), ("generation-worker", "process"),
            ("generation-worker", "chat gpt-3.5-turbo"),
        ]
        for (service, name) in steps {
            let span = try #require(
                spans.first { $0["parent"]?.string == cause && $0["name"]?.string == name },
                "\(name) after \(cause) in \(spans)"
            )
            #expect(span["service"]?.string == service)
            cause = try #require(span["id"]?.string)
        }
        let model = try #require(spans.first { $0["id"]?.string == cause })
        #expect(model["kind"]?.string == "client")
        #expect(model["attributes"]?["gen_ai.usage.input_tokens"]?.integer == 11)
        #expect(model["attributes"]?["gen_ai.usage.output_tokens"]?.integer == 5)
        #expect(model["events"]?.array?.first?["name"]?.string == "gen_ai.first_token")
        let worker = try #require(spans.first { $0["id"]?.string == model["parent"]?.string })
        #expect(spans.contains { $0["parent"] == worker["id"] && $0["name"]?.string == "send events" })
    }

    private func check(metrics: [JSON]) throws {
        let tokens = metrics.filter { $0["name"]?.string == "gen_ai.client.token.usage" }
        let output = try #require(tokens.last { $0["labels"]?["gen_ai.token.type"]?.string == "output" })
        #expect(output["sum"]?.double == 5)
    }
}

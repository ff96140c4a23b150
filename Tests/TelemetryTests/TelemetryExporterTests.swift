import CoreMetrics
import FakeCollector
import JSONText
import Logging
import ServiceKit
import ServiceLifecycle
import Settings
import TestInstruments
import Testing
import Tracing
import ValidatorTools

@testable import Telemetry

@Suite(.timeLimit(.minutes(1))) struct TelemetryExporterTests {
    private let registry = MetricsRegistry()
    private let clock = TestClock()

    @Test(.enabled(if: Validators.areExpected, Validators.missing))
    func `the official definitions read what is sent`() async throws {
        Counter(label: "events.accepted", dimensions: [("type", "llm.chat")], factory: registry).increment(by: 3)
        Meter(label: "queue.depth", factory: registry).set(2.5)
        Timer(label: "http.server.request.duration", factory: registry).recordSeconds(0.3)
        let reading = try await exporting { exporter, tracer, collector in
            let caller = try #require(TraceParent(parsing: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"))
            let span = tracer.startSpan("GET /", context: .continuing(caller), ofKind: .server)
            span.updateAttributes { attributes in
                attributes["text"] = "äöü"
                attributes["number"] = -7
                attributes["share"] = 0.5
                attributes["flag"] = true
                attributes["list"] = ["a", "b"]
                attributes["long"] = String(repeating: "ü", count: 5_000)
            }
            span.addEvent(SpanEvent(name: "first", attributes: ["n": 1]))
            span.setStatus(SpanStatus(code: .error))
            span.end()
        }
        let span = try #require(reading["spans"]?.array?.first)
        #expect(span["trace"]?.string == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(span["parent"]?.string == "00f067aa0ba902b7")
        #expect(span["kind"]?.string == "server")
        #expect(span["name"]?.string == "GET /")
        #expect(span["isError"]?.bool == true)
        #expect(span["service"]?.string == "chat-api")
        #expect(span["events"] == [["name": "first", "attributes": ["n": 1]]])
        let facts = try #require(span["attributes"])
        #expect(facts["text"]?.string == "äöü")
        #expect(facts["number"]?.integer == -7)
        #expect(facts["share"]?.double == 0.5)
        #expect(facts["flag"]?.bool == true)
        #expect(facts["list"] == ["a", "b"])
        #expect(facts["long"]?.string == String(repeating: "ü", count: 512))
        let metrics = try #require(reading["metrics"]?.array)
        let counter = try #require(metrics.first { $0["name"]?.string == "events.accepted" })
        #expect(counter["kind"]?.string == "sum")
        #expect(counter["value"]?.integer == 3)
        #expect(counter["labels"] == ["type": "llm.chat"])
        #expect(metrics.first { $0["name"]?.string == "queue.depth" }?["value"]?.double == 2.5)
        let timer = try #require(metrics.first { $0["name"]?.string == "http.server.request.duration" })
        #expect(timer["unit"]?.string == "s")
        #expect(timer["count"]?.integer == 1)
        #expect(timer["sum"]?.double == 0.3)
    }

    @Test func `spans wait for others, but not for long`() async throws {
        try await exporting { exporter, tracer, collector in
            tracer.startSpan("one").end()
            tracer.startSpan("two").end()
            await clock.waitForSleeper(of: .seconds(5))
            #expect(collector.deliveries.isEmpty)
            clock.advance(by: .seconds(5))
            let delivery = try await collector.next()
            #expect(delivery.path == "/v1/traces")
            #expect(delivery.headers["content-type"] == "application/x-protobuf")
            #expect(delivery.headers["api-key"] == "k1")
        }
    }

    @Test func `a full batch waits for nobody`() async throws {
        try await exporting { exporter, tracer, collector in
            for _ in 0..<SpanBuffer.batchSize { tracer.startSpan("many").end() }
            let delivery = try await collector.next()
            #expect(delivery.path == "/v1/traces")
        }
    }

    @Test func `a collector that is busy is asked again when it says`() async throws {
        try await exporting(answering: [.init(status: 503, retryAfter: 7)]) { exporter, tracer, collector in
            for _ in 0..<SpanBuffer.batchSize { tracer.startSpan("many").end() }
            let first = try await collector.next()
            await clock.waitForSleeper(of: .seconds(7))
            clock.advance(by: .seconds(7))
            let second = try await collector.next()
            #expect(second.body == first.body)
        }
    }

    @Test func `what a collector refuses is not sent again, and counted`() async throws {
        try await exporting(answering: [.init(status: 400)]) { exporter, tracer, collector in
            for _ in 0..<SpanBuffer.batchSize { tracer.startSpan("many").end() }
            _ = try await collector.next()
            while !registry.text.contains(#"telemetry_spans_dropped_total{reason="refused"} 512"#) {
                await Task.yield()
            }
            tracer.startSpan("last").end()
            await clock.waitForSleeper(of: .seconds(5))
            clock.advance(by: .seconds(5))
            let second = try await collector.next()
            #expect(second.body.count < 1_000)
        }
    }

    @Test func `what a collector takes only in part is counted`() async throws {
        // partial_success { rejected_spans: 300 }
        let partial: [UInt8] = [0x0A, 0x03, 0x08, 0xAC, 0x02]
        try await exporting(answering: [.init(body: partial)]) { exporter, tracer, collector in
            for _ in 0..<SpanBuffer.batchSize { tracer.startSpan("many").end() }
            _ = try await collector.next()
            // The answer is read a moment after it is given.
            while !registry.text.contains(#"telemetry_spans_dropped_total{reason="rejected"} 300"#) {
                await Task.yield()
            }
        }
    }

    @Test func `a buffer that is full loses what comes, counts it, and never grows`() {
        withMetricsFactory(registry) {
            let buffer = SpanBuffer(limit: 10)
            for _ in 0..<25 { buffer.append([1]) }
            #expect(buffer.count == 10)
            #expect(registry.text.contains(#"telemetry_spans_dropped_total{reason="queue_full"} 15"#))
        }
    }

    @Test func `an exporter that stops sends what it has`() async throws {
        let paths = try await FakeCollector.run { collector in
            try await run(against: collector) { _, tracer in tracer.startSpan("last words").end() }
            return collector.deliveries.map(\.path)
        }
        #expect(paths.sorted() == ["/v1/metrics", "/v1/traces"])
    }

    @Test(arguments: [
        [], [0x0A], [0x0A, 0xFF], [0x0A, 0x02, 0x08], [0xFF, 0xFF], Array(repeating: 0xFF, count: 100),
    ])
    func `an answer that is none rejects nothing`(answer: [UInt8]) {
        #expect(PartialSuccess.rejected(in: answer) == 0)
    }

    // MARK: Running

    @discardableResult
    private func exporting(
        answering answers: [FakeCollector.Answer] = [],
        _ test: @escaping @Sendable (TelemetryExporter, SpanTracer, FakeCollector) async throws -> Void
    ) async throws -> JSON {
        try await FakeCollector.run(answering: answers) { collector in
            try await run(against: collector) { exporter, tracer in try await test(exporter, tracer, collector) }
            return Validators.areExpected ? try await collector.reading() : .null
        }
    }

    private func run(
        against collector: FakeCollector,
        _ test: (TelemetryExporter, SpanTracer) async throws -> Void
    ) async throws {
        let values = ["OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_EXPORTER_OTLP_HEADERS": "api-key=k1"]
        let configuration = try TelemetryConfiguration(
            service: "chat-api",
            version: "1",
            value: { values[$0.name] },
            secret: { values[$0.name].map { SecretValue($0) } }
        )
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await withMetricsFactory(registry) {
            let exporter = TelemetryExporter(
                configuration,
                metrics: { [registry] in registry.readings },
                logger: logger,
                rules: .init(),
                clock: clock
            )
            let tracer = try #require(exporter.tracer)
            let group = ServiceGroup(services: [exporter], logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                // Two waits begin with the run: for spans, and for metrics.
                await clock.waitForSleepers(2)
                try await test(exporter, tracer)
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }
    }
}

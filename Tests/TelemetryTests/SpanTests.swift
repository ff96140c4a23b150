import TestInstruments
import Testing
import Tracing

@testable import Telemetry

struct SpanTests {
    private let records = Shared<[SpanRecord]>([])

    private func tracer(_ sampler: Sampler = .standard) -> SpanTracer {
        SpanTracer(sampler: sampler) { [records] record in records.withLock { $0.append(record) } }
    }

    @Test func `work that another caused is a part of its trace`() async throws {
        let tracer = tracer()
        let caller = TraceParent()
        let outer = tracer.startSpan("outer", context: .continuing(caller), ofKind: .server)
        tracer.withSpan("inner", context: outer.context) { _ in }
        outer.end()
        let (inner, found) = records.withLock { ($0[0], $0[1]) }
        #expect(found.place.traceID == caller.traceID)
        #expect(found.parent == caller.spanID)
        #expect(inner.parent == found.place.spanID)
        #expect(inner.place.traceID == caller.traceID)
    }

    @Test func `a span ends once, and takes nothing after`() {
        let span = tracer().startSpan("once")
        span.end()
        span.operationName = "late"
        span.end()
        #expect(records.withLock { $0.map(\.name) } == ["once"])
    }

    @Test func `of an error the type is told, and not the text`() {
        struct Secretive: Error, CustomStringConvertible { let description = "canary" }
        try? tracer().withSpan("failing") { _ in throw Secretive() }
        let record = records.withLock { $0[0] }
        #expect(record.attributes.get("error.type") == .string("Secretive"))
        #expect(!String(decoding: record.protobuf, as: UTF8.self).contains("canary"))
    }

    @Test func `what is left out by those before is left out here, and its trace goes on`() throws {
        let caller = TraceParent(isSampled: false)
        let span = tracer().startSpan("quiet", context: .continuing(caller))
        #expect(!span.isRecording)
        #expect(span.context.trace?.traceID == caller.traceID)
        #expect(span.context.trace?.isSampled == false)
        span.end()
        #expect(records.withLock { $0.isEmpty })
    }

    @Test func `a share of traces is about that share, and every service decides alike`() throws {
        let sampler = try #require(Sampler(name: "traceidratio", argument: "0.25"))
        let traces = (0..<4_000).map { _ in TraceParent() }
        let chosen = traces.filter { sampler.samples($0, after: nil) }
        #expect((800...1200).contains(chosen.count))
        #expect(chosen.allSatisfy { sampler.samples($0.child, after: $0) })
    }

    @Test(arguments: ["always_on", "always_off", "parentbased_always_on", "parentbased_always_off"])
    func `samplers do as they are called`(name: String) throws {
        let sampler = try #require(Sampler(name: name, argument: nil))
        let parent = TraceParent(isSampled: name.hasSuffix("off"))
        #expect(sampler.samples(TraceParent(), after: nil) == name.hasSuffix("on"))
        #expect(sampler.samples(parent.child, after: parent) == (name.hasPrefix("parent") == name.hasSuffix("off")))
    }

    @Test(arguments: [("traceidratio", "2"), ("traceidratio", "x"), ("xray", "1")])
    func `what is no sampler is none`(name: String, argument: String) {
        #expect(Sampler(name: name, argument: argument) == nil)
    }

    @Test func `events of one span do not fill the memory`() {
        let span = tracer().startSpan("long")
        for number in 0..<1_000 { span.addEvent(SpanEvent(name: "\(number)")) }
        span.end()
        let record = records.withLock { $0[0] }
        #expect(record.events.count == SpanRecord.eventLimit)
        #expect(record.droppedEvents == 1_000 - SpanRecord.eventLimit)
    }
}

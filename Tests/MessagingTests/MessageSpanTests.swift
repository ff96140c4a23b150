import Logging
import Messaging
import ServiceLifecycle
import TestInstruments
import Testing
import Tracing

@testable import Telemetry

@Suite(.timeLimit(.minutes(1))) struct MessageSpanTests {
    private let records = Shared<[SpanRecord]>([])

    @Test func `a trace goes on from its sender through the queue to what the handler sends`() async throws {
        let asked = TraceParent()
        let tracer = SpanTracer(sampler: .standard) { [records] record in records.withLock { $0.append(record) } }
        let answers = InMemoryQueue()
        let handled = try await withTracer(tracer) {
            let queue = InMemoryQueue()
            var message = OutgoingMessage(id: "a", body: Array("canary".utf8))
            message.traceParent = asked.text
            try await TracedSender(queue, to: "questions").send([message])
            let handled = Shared<String?>(nil)
            try await pump(from: queue) { message in
                handled.withLock { $0 = message.traceParent }
                try await TracedSender(answers, to: "answers").send([OutgoingMessage(id: "b", body: [])])
            }
            return handled.withLock { $0 }
        }
        let answer = try #require(try await answers.receive(waitingAtMost: .zero))
        let spans = records.withLock { $0 }
        #expect(Set(spans.map(\.place.traceID)) == [asked.traceID])
        let sent = try #require(spans.first { $0.name == "send questions" })
        let process = try #require(spans.first { $0.name == "process" })
        let answered = try #require(spans.first { $0.name == "send answers" })
        #expect(sent.parent == asked.spanID)
        #expect(process.parent == sent.place.spanID)
        #expect(answered.parent == process.place.spanID)
        #expect(handled == process.place.text)
        #expect(answer.traceParent == answered.place.text)
        #expect(!spans.contains { String(decoding: $0.protobuf, as: UTF8.self).contains("canary") })
    }

    @Test func `where nobody collects spans the trace goes on all the same`() async throws {
        let asked = TraceParent()
        let queue = InMemoryQueue()
        var message = OutgoingMessage(id: "a", body: [])
        message.traceParent = asked.text
        try await TracedSender(queue, to: "questions").send([message])
        let handled = Shared<String?>(nil)
        try await pump(from: queue) { message in handled.withLock { $0 = message.traceParent } }
        let place = try #require(handled.withLock { $0 }.flatMap(TraceParent.init(parsing:)))
        #expect(place.traceID == asked.traceID)
        #expect(place.spanID != asked.spanID)
    }

    /// Handles one message.
    private func pump(
        from queue: InMemoryQueue,
        _ handler: @escaping @Sendable (ReceivedMessage) async throws -> Void
    ) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let (done, finish) = AsyncStream<Void>.makeStream()
        let pump = MessagePump(from: queue, logger: logger) { message in
            try await handler(message)
            finish.yield()
        }
        let group = ServiceGroup(services: [pump], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            for await _ in done { break }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}

import CoreMetrics
import ServiceKit
import TestInstruments
import Testing
import Tracing

@testable import ModelStreaming
@testable import Telemetry

struct ObservedModelTests {
    private let registry = MetricsRegistry()
    private let records = Shared<[SpanRecord]>([])
    private let prompt = ChatPrompt(messages: [ChatMessage(role: .user, content: "canary of a question")])

    /// Runs a test with metrics and a tracer of its own.
    private func observing(_ test: () async throws -> Void) async throws {
        let tracer = SpanTracer(sampler: .standard) { [records] record in records.withLock { $0.append(record) } }
        try await withMetricsFactory(registry) { try await withTracer(tracer) { try await test() } }
    }

    @Test func `tokens and times of an answer are counted by model`() async throws {
        try await observing {
            let answer = try await ObservedModel(Scripted()).reply(to: prompt).answer()
            #expect(answer.text == "Hello there")
            #expect(answer.usage == TokenUsage(prompt: 20, completion: 3))
        }
        let text = registry.text
        let labels = #"gen_ai_operation_name="chat",gen_ai_provider_name="openai",gen_ai_request_model="scripted""#
        #expect(text.contains("gen_ai_client_token_usage_sum{\(labels),gen_ai_token_type=\"input\"} 20.0\n"))
        #expect(text.contains("gen_ai_client_token_usage_sum{\(labels),gen_ai_token_type=\"output\"} 3.0\n"))
        #expect(
            text.contains("gen_ai_client_token_usage_bucket{\(labels),gen_ai_token_type=\"output\",le=\"4.0\"} 1\n")
        )
        #expect(text.contains("gen_ai_client_operation_duration_seconds_count{\(labels)} 1\n"))
        #expect(text.contains("gen_ai_client_operation_time_to_first_chunk_seconds_count{\(labels)} 1\n"))
        #expect(text.contains("gen_ai_client_operation_active{\(labels)} 0.0\n"))
    }

    @Test func `an answer is a span of the trace that the question was asked in`() async throws {
        let asked = TraceParent()
        try await observing {
            // The question is put together in a request, and answered by somebody else.
            let prompt = InstrumentationContext.$current.withValue(.continuing(asked)) {
                ChatPrompt(messages: [ChatMessage(role: .user, content: "canary of a question")])
            }
            _ = try await ObservedModel(Scripted()).reply(to: prompt).answer()
        }
        let record = try #require(records.withLock { $0.first })
        #expect(record.place.traceID == asked.traceID)
        #expect(record.parent == asked.spanID)
        #expect(record.name == "chat scripted")
        #expect(record.attributes.get("gen_ai.usage.input_tokens") == .int64(20))
        #expect(record.attributes.get("gen_ai.usage.output_tokens") == .int64(3))
        #expect(record.events.map(\.name) == ["gen_ai.first_token"])
        #expect(!String(decoding: record.protobuf, as: UTF8.self).contains("canary"))
    }

    @Test func `the model is told its own place in the trace`() async throws {
        let seen = Shared<TraceParent?>(nil)
        try await observing {
            _ = try await ObservedModel(Scripted { prompt in seen.withLock { $0 = prompt.trace } })
                .reply(to: prompt).answer()
        }
        let record = try #require(records.withLock { $0.first })
        #expect(seen.withLock { $0 } == record.place)
    }

    @Test func `an answer that breaks off says how, and is in the making no more`() async throws {
        try await observing {
            let model = ObservedModel(Scripted(failure: .interrupted))
            await #expect(throws: ChatModelError.interrupted) { try await model.reply(to: prompt).answer() }
        }
        #expect(registry.text.contains(#"error_type="model_interrupted"} 1"#))
        #expect(registry.text.contains(#"gen_ai_request_model="scripted"} 0.0"#))
        #expect(records.withLock { $0.first?.status } == SpanStatus(code: .error))
    }

    @Test func `an answer that nobody reads to its end is over when it is let go`() async throws {
        try await observing {
            for try await _ in try await ObservedModel(Scripted()).reply(to: prompt) { break }
        }
        #expect(registry.text.contains(#"error_type="abandoned"} 1"#))
        #expect(registry.text.contains(#"gen_ai_request_model="scripted"} 0.0"#))
        #expect(records.withLock { $0.count } == 1)
    }

    @Test func `made-up names of models do not become metrics of their own`() async throws {
        try await observing {
            let model = ObservedModel(Scripted())
            for number in 0..<200 {
                var prompt = prompt
                prompt.model = "made-up-\(number)"
                _ = try await model.reply(to: prompt).answer()
            }
        }
        let series = registry.text.split(separator: "\n").filter { $0.hasPrefix("gen_ai_client_operation_active{") }
        #expect(series.count == 32)
    }

    @Test func `where nobody collects traces no span is made`() async throws {
        let seen = Shared<TraceParent?>(nil)
        try await withMetricsFactory(registry) {
            _ = try await ObservedModel(Scripted { prompt in seen.withLock { $0 = prompt.trace } })
                .reply(to: prompt).answer()
        }
        #expect(seen.withLock { $0 } == nil)
        #expect(registry.text.contains("gen_ai_client_token_usage_count"))
    }
}

/// A model that always says the same.
private struct Scripted: ChatModel {
    let name = "scripted"
    var failure: ChatModelError?
    var look: @Sendable (ChatPrompt) -> Void = { _ in }

    init(failure: ChatModelError? = nil, _ look: @escaping @Sendable (ChatPrompt) -> Void = { _ in }) {
        self.failure = failure
        self.look = look
    }

    func reply(to prompt: ChatPrompt) async throws -> ChatReply {
        look(prompt)
        return ChatReply(
            AsyncThrowingStream { [failure] parts in
                for word in ["Hello", " there"] { parts.yield(.text(word)) }
                if let failure { return parts.finish(throwing: failure) }
                parts.yield(.finished(.stop))
                parts.yield(.usage(TokenUsage(prompt: 20, completion: 3)))
                parts.finish()
            }
        )
    }
}

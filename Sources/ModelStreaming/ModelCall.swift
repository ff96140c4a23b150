import CoreMetrics
import Synchronization
import Telemetry
import Tracing

/// One question to a model, from being put to the last part of the answer, in metrics and in its trace.
///
/// It ends once: when the answer is whole, when it breaks off, or when nobody reads it any more.
/// Sources: opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans and …/gen-ai-metrics
final class ModelCall: Sendable {
    private let dimensions: [(String, String)]
    private let start = ContinuousClock.now
    private let active: Meter
    private let hasEnded = Atomic<Bool>(false)
    private let hasText = Atomic<Bool>(false)
    /// `nil` where nobody collects spans.
    let span: RecordedSpan?

    /// Begins to observe.
    ///
    /// - Parameters:
    ///   - model: The name for metrics, one of few.
    ///   - provider: Whose API is asked.
    ///   - prompt: What is asked; of its text nothing is kept.
    ///   - name: The name by which the model is asked.
    init(to model: String, of provider: String, _ prompt: ChatPrompt, asking name: String) {
        dimensions = [
            ("gen_ai.operation.name", "chat"), ("gen_ai.provider.name", provider), ("gen_ai.request.model", model),
        ]
        active = Meter(label: "gen_ai.client.operation.active", dimensions: dimensions)
        active.increment()
        let context = InstrumentationContext.continuing(prompt.trace ?? InstrumentationContext.current?.trace)
        span = InstrumentationSystem.recorder?.startSpan("chat \(name)", context: context, ofKind: .client)
        span?.updateAttributes { attributes in
            attributes["gen_ai.operation.name"] = "chat"
            attributes["gen_ai.provider.name"] = provider
            attributes["gen_ai.request.model"] = name
            attributes["gen_ai.request.max_tokens"] = prompt.maximumTokens
            attributes["gen_ai.request.temperature"] = prompt.temperature
            attributes["gen_ai.request.top_p"] = prompt.topP
        }
    }

    deinit { end("abandoned") }

    /// The first text has come.
    func begin() {
        guard !hasText.exchange(true, ordering: .relaxed) else { return }
        let elapsed = ContinuousClock.now - start
        Timer(label: "gen_ai.client.operation.time_to_first_chunk", dimensions: dimensions).record(elapsed)
        span?.addEvent(SpanEvent(name: "gen_ai.first_token"))
    }

    func count(_ usage: TokenUsage) {
        for (type, count) in [("input", usage.prompt), ("output", usage.completion)] {
            Recorder(label: "gen_ai.client.token.usage", dimensions: dimensions + [("gen_ai.token.type", type)])
                .record(Int64(count))
        }
        span?.updateAttributes { attributes in
            attributes["gen_ai.usage.input_tokens"] = usage.prompt
            attributes["gen_ai.usage.output_tokens"] = usage.completion
        }
    }

    func finish(_ reason: FinishReason) {
        span?.updateAttributes { $0["gen_ai.response.finish_reasons"] = [reason.word] }
    }

    /// The answer is over.
    ///
    /// - Parameter error: What kind of error it ended with; `nil` for a whole answer.
    func end(_ error: String? = nil) {
        guard !hasEnded.exchange(true, ordering: .relaxed) else { return }
        active.decrement()
        Timer(
            label: "gen_ai.client.operation.duration",
            dimensions: dimensions + (error.map { [("error.type", $0)] } ?? [])
        )
        .record(ContinuousClock.now - start)
        if let error {
            span?.updateAttributes { $0["error.type"] = error }
            span?.setStatus(SpanStatus(code: .error))
        }
        span?.end()
    }
}

extension Timer {
    fileprivate func record(_ duration: Duration) {
        recordNanoseconds(Int64(duration / .nanoseconds(1)))
    }
}

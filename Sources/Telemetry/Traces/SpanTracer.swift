public import Tracing

/// Records pieces of work, as far as its sampler lets it, for an exporter to send.
///
/// Where nobody collects traces there is no tracer, and no span is ever made: ``InstrumentationSystem/recorder`` is `nil`.
public struct SpanTracer: Tracer {
    private let sampler: Sampler
    private let finish: @Sendable (SpanRecord) -> Void

    init(sampler: Sampler, finish: @escaping @Sendable (SpanRecord) -> Void) {
        self.sampler = sampler
        self.finish = finish
    }

    public func startSpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> InstrumentationContext,
        ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> RecordedSpan {
        var context = context()
        let parent = context.trace
        let candidate = parent?.child ?? TraceParent()
        let isSampled = sampler.samples(candidate, after: parent)
        let place = candidate.sampled(isSampled)
        context.trace = place
        guard isSampled else { return RecordedSpan(context: context, recording: nil) }
        let record = SpanRecord(
            place: place,
            parent: parent?.spanID,
            kind: kind,
            name: operationName,
            start: instant().nanosecondsSinceEpoch
        )
        return RecordedSpan(context: context, recording: SpanRecording(record, finish: finish))
    }

    /// The exporter sends what there is when it stops; nobody has to ask for it.
    public func forceFlush() {}

    // MARK: Carriers that know the trace by its header

    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout InstrumentationContext,
        using extractor: Extract
    ) where Extract.Carrier == Carrier {
        if let text = extractor.extract(key: "traceparent", from: carrier), let trace = TraceParent(parsing: text) {
            context.trace = trace
        }
    }

    public func inject<Carrier, Inject: Injector>(
        _ context: InstrumentationContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject.Carrier == Carrier {
        if let trace = context.trace { injector.inject(trace.text, forKey: "traceparent", into: &carrier) }
    }
}

extension InstrumentationSystem {
    /// Who records spans; `nil` where nobody collects them.
    public static var recorder: SpanTracer? { instrument as? SpanTracer }
}

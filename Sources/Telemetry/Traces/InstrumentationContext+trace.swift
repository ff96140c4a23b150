public import Tracing

extension InstrumentationContext {
    /// The place in a trace that work in this context is a part of.
    public var trace: TraceParent? {
        get { self[TraceParentKey.self] }
        set { self[TraceParentKey.self] = newValue }
    }

    /// The context of work that goes on with a trace; a new trace begins where there is none.
    public static func continuing(_ trace: TraceParent?) -> InstrumentationContext {
        var context = InstrumentationContext.topLevel
        context.trace = trace
        return context
    }

    private enum TraceParentKey: InstrumentationContextKey {
        typealias Value = TraceParent
        static let nameOverride: String? = "traceparent"
    }
}

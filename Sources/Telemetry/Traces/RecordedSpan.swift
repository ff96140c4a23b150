import Synchronization
public import Tracing

/// A piece of work that goes on: where it is in its trace, and what is recorded of it.
///
/// Of errors no more than the type is recorded: their texts may hold what users wrote.
public struct RecordedSpan: Span {
    public let context: InstrumentationContext
    /// `nil` where the sampler leaves the trace out.
    private let recording: SpanRecording?

    init(context: InstrumentationContext, recording: SpanRecording?) {
        self.context = context
        self.recording = recording
    }

    public var isRecording: Bool { recording != nil }

    public var operationName: String {
        get { recording?.record?.name ?? "" }
        nonmutating set { recording?.update { $0.name = newValue } }
    }

    public var attributes: SpanAttributes {
        get { recording?.record?.attributes ?? [:] }
        nonmutating set { recording?.update { $0.attributes = newValue } }
    }

    public func setStatus(_ status: SpanStatus) {
        recording?.update { $0.status = status }
    }

    public func addEvent(_ event: SpanEvent) {
        recording?.update { $0.add(event) }
    }

    public func recordError<Instant: TracerInstant>(
        _ error: any Error,
        attributes: SpanAttributes,
        at instant: @autoclosure () -> Instant
    ) {
        recording?.update { $0.attributes["error.type"] = "\(type(of: error))" }
    }

    /// Links say what caused a span besides its parent; nothing here has two causes.
    public func addLink(_ link: SpanLink) {}

    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        recording?.end(at: instant().nanosecondsSinceEpoch)
    }
}

/// The record of a span until its end, from whichever task it is written.
final class SpanRecording: Sendable {
    private let state: Mutex<SpanRecord?>
    private let finish: @Sendable (SpanRecord) -> Void

    init(_ record: SpanRecord, finish: @escaping @Sendable (SpanRecord) -> Void) {
        self.state = Mutex(record)
        self.finish = finish
    }

    /// What is recorded so far; `nil` after the end.
    var record: SpanRecord? { state.withLock { $0 } }

    func update(_ change: (inout SpanRecord) -> Void) {
        state.withLock { record in
            guard var open = record else { return }
            record = nil
            change(&open)
            record = open
        }
    }

    func end(at time: UInt64) {
        let ended = state.withLock { record in
            defer { record = nil }
            return record
        }
        guard var ended else { return }
        ended.end = max(time, ended.start)
        finish(ended)
    }
}

import Tracing

/// What is known of a piece of work.
struct SpanRecord: Sendable {
    /// Events of one span that are kept; a loop that reports each turn must not fill the memory.
    static let eventLimit = 32

    let place: TraceParent
    /// The id of the span that caused this one.
    let parent: String?
    let kind: SpanKind
    var name: String
    /// Nanoseconds since 1970.
    let start: UInt64
    var end: UInt64 = 0
    var attributes: SpanAttributes = [:]
    private(set) var events: [SpanEvent] = []
    private(set) var droppedEvents = 0
    var status: SpanStatus?

    init(place: TraceParent, parent: String?, kind: SpanKind, name: String, start: UInt64) {
        self.place = place
        self.parent = parent
        self.kind = kind
        self.name = name
        self.start = start
    }

    mutating func add(_ event: SpanEvent) {
        if events.count < Self.eventLimit { events.append(event) } else { droppedEvents += 1 }
    }
}

import Tracing
import WebFormats

extension SpanRecord {
    /// The span as OTLP spells it.
    ///
    /// Source: `Span` of github.com/open-telemetry/opentelemetry-proto, trace.proto
    var protobuf: [UInt8] {
        var span = ProtobufWriter()
        span.counted(1, [UInt8](hexadecimal: place.traceID) ?? [])
        span.counted(2, [UInt8](hexadecimal: place.spanID) ?? [])
        if let parent { span.counted(4, [UInt8](hexadecimal: parent) ?? []) }
        span.text(5, name)
        span.integer(6, kind.number)
        span.fixed64(7, start)
        span.fixed64(8, end)
        span.attributes(9, attributes)
        for event in events {
            span.message(11) { message in
                message.fixed64(1, event.nanosecondsSinceEpoch)
                message.text(2, event.name)
                message.attributes(3, event.attributes)
            }
        }
        if droppedEvents > 0 { span.integer(12, Int64(droppedEvents)) }
        if let status {
            span.message(15) { message in
                message.integer(3, status.code.number)
            }
        }
        span.fixed32(16, 1)
        return span.bytes
    }
}

extension SpanKind {
    fileprivate var number: Int64 {
        switch self {
        case .internal: 1
        case .server: 2
        case .client: 3
        case .producer: 4
        case .consumer: 5
        }
    }
}

extension SpanStatus.Code {
    fileprivate var number: Int64 {
        switch self {
        case .ok: 1
        case .error: 2
        }
    }
}

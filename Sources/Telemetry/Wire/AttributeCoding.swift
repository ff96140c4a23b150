import Tracing

/// The facts that spans, measurements and resources carry, as OTLP spells them.
///
/// Source: `KeyValue` and `AnyValue` of github.com/open-telemetry/opentelemetry-proto, common.proto
extension ProtobufWriter {
    /// The longest text of a fact, in bytes; what is longer is cut.
    static let textLimit = 1024
    /// Facts of one span that are sent.
    static let attributeLimit = 64

    mutating func attributes(_ field: UInt64, _ attributes: SpanAttributes) {
        var sorted: [(String, SpanAttribute)] = []
        attributes.forEach { sorted.append(($0, $1)) }
        for (name, value) in sorted.sorted(by: { $0.0 < $1.0 }).prefix(Self.attributeLimit) {
            attribute(field, name) { $0.value(value) }
        }
    }

    mutating func attributes(_ field: UInt64, _ pairs: [(String, String)]) {
        for (name, value) in pairs { attribute(field, name) { $0.text(1, Self.cut(value)) } }
    }

    private mutating func attribute(_ field: UInt64, _ name: String, _ write: (inout ProtobufWriter) -> Void) {
        message(field) { attribute in
            attribute.text(1, name)
            attribute.message(2, write)
        }
    }

    private mutating func value(_ attribute: SpanAttribute) {
        switch attribute {
        case .string(let string): text(1, Self.cut(string))
        case .stringConvertible(let value): text(1, Self.cut(value.description))
        case .bool(let value): flag(2, value)
        case .int32(let value): integer(3, Int64(value))
        case .int64(let value): integer(3, value)
        case .double(let value): double(4, value)
        case .boolArray(let values): list(values.map(SpanAttribute.bool))
        case .int32Array(let values): list(values.map(SpanAttribute.int32))
        case .int64Array(let values): list(values.map(SpanAttribute.int64))
        case .doubleArray(let values): list(values.map(SpanAttribute.double))
        case .stringArray(let values): list(values.map(SpanAttribute.string))
        case .stringConvertibleArray(let values): list(values.map { .string($0.description) })
        // The library asks for this: it may add kinds. What nobody here can write stays empty.
        default: break
        }
    }

    private mutating func list(_ values: [SpanAttribute]) {
        message(5) { list in
            for value in values.prefix(Self.attributeLimit) { list.message(1) { $0.value(value) } }
        }
    }

    /// The beginning of a text that is too long, without half a character.
    private static func cut(_ text: String) -> String {
        guard text.utf8.count > textLimit else { return text }
        var size = 0
        return String(
            text.unicodeScalars.prefix { scalar in
                size += scalar.utf8.count
                return size <= textLimit
            }
        )
    }
}

/// Writes messages of Protocol Buffers, field by field.
///
/// Fields that hold the value a reader assumes anyway may be left out by the caller.
/// Source: protobuf.dev/programming-guides/encoding
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    /// How the value of a field is spelt.
    private enum WireType: UInt64 {
        case variable = 0
        case eightBytes = 1
        case counted = 2
        case fourBytes = 5
    }

    mutating func integer(_ field: UInt64, _ value: Int64) {
        tag(field, .variable)
        variable(UInt64(bitPattern: value))
    }

    mutating func flag(_ field: UInt64, _ value: Bool) {
        integer(field, value ? 1 : 0)
    }

    mutating func fixed32(_ field: UInt64, _ value: UInt32) {
        tag(field, .fourBytes)
        append(value)
    }

    mutating func fixed64(_ field: UInt64, _ value: UInt64) {
        tag(field, .eightBytes)
        append(value)
    }

    mutating func double(_ field: UInt64, _ value: Double) {
        fixed64(field, value.bitPattern)
    }

    mutating func text(_ field: UInt64, _ value: String) {
        counted(field, value.utf8)
    }

    mutating func counted(_ field: UInt64, _ value: some Collection<UInt8>) {
        tag(field, .counted)
        variable(UInt64(value.count))
        bytes += value
    }

    /// Several numbers in one field.
    mutating func packed(_ field: UInt64, _ values: some Collection<UInt64>) {
        tag(field, .counted)
        variable(UInt64(values.count * 8))
        for value in values { append(value) }
    }

    /// A message inside the message.
    mutating func message(_ field: UInt64, _ write: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        write(&inner)
        counted(field, inner.bytes)
    }

    private mutating func tag(_ field: UInt64, _ type: WireType) {
        variable(field << 3 | type.rawValue)
    }

    /// Seven bits a byte, the lowest first.
    private mutating func variable(_ value: UInt64) {
        var rest = value
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }
}

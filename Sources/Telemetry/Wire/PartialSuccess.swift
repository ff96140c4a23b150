/// How much of a request a collector did not want, though it took the rest.
///
/// Source: `ExportTracePartialSuccess` of github.com/open-telemetry/opentelemetry-proto, trace_service.proto
enum PartialSuccess {
    /// The number in an answer; 0 for one that says nothing, or that is no such answer.
    static func rejected(in answer: [UInt8]) -> Int {
        var outer = answer[...]
        guard case (1, .bytes(let partial))? = field(&outer) else { return 0 }
        var inner = partial
        while let (number, value) = field(&inner) {
            if number == 1, case .number(let count) = value { return Int(clamping: count) }
        }
        return 0
    }

    private enum Value {
        case number(UInt64)
        case bytes(ArraySlice<UInt8>)
    }

    /// Takes the next field off; the two forms that occur in answers.
    private static func field(_ bytes: inout ArraySlice<UInt8>) -> (UInt64, Value)? {
        guard let tag = variable(&bytes), let number = variable(&bytes) else { return nil }
        switch tag & 7 {
        case 0: return (tag >> 3, .number(number))
        case 2:
            guard number <= UInt64(bytes.count) else { return nil }
            defer { bytes = bytes.dropFirst(Int(number)) }
            return (tag >> 3, .bytes(bytes.prefix(Int(number))))
        default: return nil
        }
    }

    private static func variable(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }
}

import WebFormats

/// The place of a piece of work in a trace that spans services.
///
/// Source: w3.org/TR/trace-context, sections 3.2 and 3.3
public struct TraceParent: Sendable, Hashable {
    /// 32 hexadecimal digits, not all zero.
    public let traceID: String
    /// 16 hexadecimal digits, not all zero.
    public let spanID: String
    private let flags: String

    /// Starts a trace of its own.
    ///
    /// - Parameter isSampled: Whether others are asked to record their parts of it.
    public init(isSampled: Bool = true) {
        self.init(
            traceID: RandomDigits.hexadecimal(groups: 2),
            spanID: RandomDigits.hexadecimal(groups: 1),
            flags: isSampled ? "01" : "00"
        )
    }

    /// Reads `00-<trace>-<span>-<flags>`; `nil` for anything else.
    ///
    /// Later versions may append more, and are read as far as this one is defined.
    public init?(parsing text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0] != "ff", Self.isHexadecimal(parts[0], 2),
            parts[0] != "00" || parts.count == 4,
            Self.isHexadecimal(parts[1], 32), parts[1].contains(where: { $0 != "0" }),
            Self.isHexadecimal(parts[2], 16), parts[2].contains(where: { $0 != "0" }),
            Self.isHexadecimal(parts[3], 2)
        else { return nil }
        self.init(traceID: String(parts[1]), spanID: String(parts[2]), flags: String(parts[3]))
    }

    private init(traceID: String, spanID: String, flags: String) {
        self.traceID = traceID
        self.spanID = spanID
        self.flags = flags
    }

    /// Whether those before have recorded their parts of the trace, or asked that it be recorded.
    public var isSampled: Bool { UInt8(flags, radix: 16).map { $0 & 1 == 1 } ?? false }

    /// The same place, with a decision of one's own about recording it.
    func sampled(_ isSampled: Bool) -> TraceParent {
        TraceParent(traceID: traceID, spanID: spanID, flags: isSampled ? "01" : "00")
    }

    /// A piece of work that this one caused.
    public var child: TraceParent {
        TraceParent(traceID: traceID, spanID: RandomDigits.hexadecimal(groups: 1), flags: flags)
    }

    /// The value of the header `traceparent`.
    public var text: String { "00-\(traceID)-\(spanID)-\(flags)" }

    private static func isHexadecimal(_ text: Substring, _ count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            }
    }
}

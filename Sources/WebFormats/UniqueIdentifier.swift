/// Identifiers that nobody else has, in small letters: `019aa3f2-6f1b-7c55-9b0e-2f6d3c1a4e77`.
///
/// Source: RFC 9562
public enum UniqueIdentifier {
    /// One that says nothing: version 4, with 122 bits of chance.
    public static func random() -> String {
        text(.random(in: .min ... .max), version: 4)
    }

    /// One that sorts behind those of earlier milliseconds: version 7, with 74 bits of chance.
    ///
    /// A tree that is sorted by such names grows at its end, where neighbours are written together.
    ///
    /// - Parameter milliseconds: The time since 1970, which the identifier shows to everybody.
    /// - Returns: An identifier.
    public static func ordered(at milliseconds: Int64) -> String {
        let time = UInt64(truncatingIfNeeded: milliseconds) << 16
        return text(time | .random(in: 0...0xFFFF), version: 7)
    }

    /// Writes an identifier with a random second half.
    private static func text(_ high: UInt64, version: UInt64) -> String {
        let low = UInt64.random(in: .min ... .max)
        let words = [high & ~0xF000 | version << 12, low & ~(0b11 << 62) | 0b10 << 62]
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for place in 0..<32 {
            switch place {
            case 8, 12, 16, 20: text.append(UInt8(ascii: "-"))
            default: break
            }
            let digit = words[place / 16] >> (60 - place % 16 * 4) & 0xF
            text.append(HexadecimalDigit.lowercase(UInt8(truncatingIfNeeded: digit)))
        }
        return String(decoding: text, as: UTF8.self)
    }
}

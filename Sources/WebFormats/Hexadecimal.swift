extension Sequence<UInt8> {
    /// Two lowercase hexadecimal digits for each byte.
    public var hexadecimal: String {
        var digits: [UInt8] = []
        digits.reserveCapacity(underestimatedCount * 2)
        for byte in self {
            digits.append(HexadecimalDigit.lowercase(byte >> 4))
            digits.append(HexadecimalDigit.lowercase(byte & 0xF))
        }
        return String(decoding: digits, as: UTF8.self)
    }
}

extension [UInt8] {
    /// Reads two hexadecimal digits for each byte; `nil` where they are anything else.
    public init?(hexadecimal text: some StringProtocol) {
        self = []
        var digits = text.utf8.makeIterator()
        while let high = digits.next() {
            guard let high = HexadecimalDigit.value(high), let low = digits.next().flatMap(HexadecimalDigit.value)
            else { return nil }
            append(high << 4 | low)
        }
    }
}

/// One digit of sixteen, as its ASCII code.
enum HexadecimalDigit {
    static func lowercase(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    static func uppercase(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// Names that nobody guesses and nobody else has.
public enum RandomDigits {
    /// Hexadecimal digits in groups of sixteen, none of which is all zeros.
    ///
    /// - Parameter groups: How many; each is one question to the system's generator, and 64 bits of chance.
    /// - Returns: Sixteen lowercase digits for each group.
    public static func hexadecimal(groups: Int) -> String {
        var digits: [UInt8] = []
        digits.reserveCapacity(groups * 16)
        for _ in 0..<groups {
            let word = UInt64.random(in: 1 ... .max)
            for shift in stride(from: 60, through: 0, by: -4) {
                digits.append(HexadecimalDigit.lowercase(UInt8(truncatingIfNeeded: word >> shift) & 0xF))
            }
        }
        return String(decoding: digits, as: UTF8.self)
    }
}

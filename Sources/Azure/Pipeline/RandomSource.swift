import Synchronization

/// Where chance comes from: the spread of pauses, and ids.
public final class RandomSource: Sendable {
    private let generator: Mutex<any RandomNumberGenerator & Sendable>

    public init(_ generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()) {
        self.generator = Mutex(generator)
    }

    /// A number from 0 to 1.
    func fraction() -> Double {
        generator.withLock { Double.random(in: 0...1, using: &$0) }
    }

    /// A new random UUID.
    ///
    /// Source: RFC 9562, section 5.4.
    public func identifier() -> String {
        let (high, low) = generator.withLock {
            (UInt64.random(in: 0 ... .max, using: &$0), UInt64.random(in: 0 ... .max, using: &$0))
        }
        let digits = Self.hexadecimal(high & ~0xF000 | 0x4000) + Self.hexadecimal(low & ~(0b11 << 62) | 0b10 << 62)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }

    private static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

import Crypto
import WebFormats

/// The functions of templates that make names out of texts.
package enum ARMHash {
    /// A GUID that follows from the texts.
    ///
    /// It is a name-based UUID of version 5 (RFC 9562, section 5.5) in a namespace of Azure's own, over the texts joined
    /// by hyphens; Azure does not document that, but templates that spell it out agree with it.
    package static func guid(_ texts: [String]) -> String {
        let namespace: [UInt8] = [
            0x11, 0xFB, 0x06, 0xFB, 0x71, 0x2D, 0x4D, 0xDD, 0x98, 0xC7, 0xE7, 0x1B, 0xBD, 0x58, 0x88, 0x30,
        ]
        var bytes = Array(Insecure.SHA1.hash(data: namespace + Array(texts.joined(separator: "-").utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x50
        bytes[8] = bytes[8] & 0x3F | 0x80
        let groups = [0..<4, 4..<6, 6..<8, 8..<10, 10..<16]
        return groups.map { bytes[$0].hexadecimal }.joined(separator: "-")
    }

    /// Thirteen letters and digits that follow from the texts.
    ///
    /// It is a 64-bit variant of MurmurHash3 over the texts joined by hyphens, five bits a character; Azure does not
    /// document that, but it agrees with published results.
    package static func uniqueString(_ texts: [String]) -> String {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567")
        var hash = murmur(Array(texts.joined(separator: "-").utf8))
        return String(
            (0..<13).map { _ in
                defer { hash <<= 5 }
                return alphabet[Int(hash >> 59)]
            }
        )
    }

    private static func murmur(_ bytes: [UInt8]) -> UInt64 {
        let factors: (UInt32, UInt32) = (0x239B_961B, 0xAB0E_9789)
        var first: UInt32 = 0
        var second: UInt32 = 0
        func word(_ range: Range<Int>) -> UInt32 {
            bytes[range].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
        func mixedFirst(_ word: UInt32) -> UInt32 { (word &* factors.0).rotated(by: 15) &* factors.1 }
        func mixedSecond(_ word: UInt32) -> UInt32 { (word &* factors.1).rotated(by: 17) &* factors.0 }

        let whole = bytes.count / 8 * 8
        for start in stride(from: 0, to: whole, by: 8) {
            first = (first ^ mixedFirst(word(start..<start + 4))).rotated(by: 19) &+ second
            first = first &* 5 &+ 0x561C_CD1B
            second = (second ^ mixedSecond(word(start + 4..<start + 8))).rotated(by: 13) &+ first
            second = second &* 5 &+ 0x0BCA_A747
        }
        let middle = min(whole + 4, bytes.count)
        if whole < bytes.count { first ^= mixedFirst(word(whole..<middle)) }
        if middle < bytes.count { second ^= mixedSecond(word(middle..<bytes.count)) }

        let length = UInt32(truncatingIfNeeded: bytes.count)
        first = (first ^ length) &+ (second ^ length)
        second = (second ^ length) &+ first
        first = first.finished
        second = second.finished
        first = first &+ second
        second = second &+ first
        return UInt64(second) << 32 | UInt64(first)
    }
}

extension UInt32 {
    fileprivate func rotated(by count: UInt32) -> UInt32 { self << count | self >> (32 - count) }

    /// The last mixing step of MurmurHash3.
    fileprivate var finished: UInt32 {
        var value = self
        value = (value ^ value >> 16) &* 0x85EB_CA6B
        value = (value ^ value >> 13) &* 0xC2B2_AE35
        return value ^ value >> 16
    }
}

/// Percent-encoding with upper-case digits; only the unreserved characters stay as they are.
///
/// Source: RFC 3986, sections 2.1 and 2.3.
package enum PercentEncoding {
    package static func encode(_ text: String) -> String {
        var output: [UInt8] = []
        output.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if isUnreserved(byte) {
                output.append(byte)
            } else {
                output += [
                    UInt8(ascii: "%"), HexadecimalDigit.uppercase(byte >> 4), HexadecimalDigit.uppercase(byte & 0xF),
                ]
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// The text before it was encoded; `nil` where it is no such encoding, or not of UTF-8.
    package static func decode(_ text: some StringProtocol) -> String? {
        var output: [UInt8] = []
        var bytes = text.utf8.makeIterator()
        while let byte = bytes.next() {
            guard byte == UInt8(ascii: "%") else {
                output.append(byte)
                continue
            }
            guard let high = bytes.next().flatMap(HexadecimalDigit.value),
                let low = bytes.next().flatMap(HexadecimalDigit.value)
            else { return nil }
            output.append(high << 4 | low)
        }
        return String(validating: output, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: false
        }
    }
}

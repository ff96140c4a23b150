/// Texts and numbers.
extension JSONReader {
    /// Where a text stands, and what is special about it.
    struct TextPlace {
        /// Without the quotes.
        let range: Range<Int>
        let hasEscapes: Bool
    }

    /// The text that stands here.
    mutating func text() throws(JSONError) -> String {
        let place = try scanText()
        if place.hasEscapes { return String(decoding: try unescaped(place), as: UTF8.self) }
        return String(decoding: bytes[place.range], as: UTF8.self)
    }

    /// Reads over the text that stands here, and checks it.
    mutating func scanText() throws(JSONError) -> TextPlace {
        let start = position + 1
        var hasEscapes = false
        var isASCII = true
        // Most of what is read goes through here: the place stays in a register until something special comes.
        var place = start
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: "\"") {
                let range = start..<place
                guard isASCII || isUTF8(range) else { throw failure(.badText, at: start) }
                position = place + 1
                return TextPlace(range: range, hasEscapes: hasEscapes)
            }
            guard byte >= 0x20 else { throw failure(.controlCharacter, at: place) }
            place += 1
            if byte >= 0x80 { isASCII = false }
            guard byte == UInt8(ascii: "\\") else { continue }
            hasEscapes = true
            position = place
            _ = try escape()
            place = position
        }
        throw failure(.unexpectedEnd, at: place)
    }

    private func isUTF8(_ range: Range<Int>) -> Bool {
        String(validating: bytes[range], as: UTF8.self) != nil
    }

    /// The text at a place that has been checked.
    mutating func unescaped(_ place: TextPlace) throws(JSONError) -> [UInt8] {
        let end = position
        defer { position = end }
        var text: [UInt8] = []
        text.reserveCapacity(place.range.count)
        position = place.range.lowerBound
        while position < place.range.upperBound {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\\") {
                text.append(contentsOf: String(try escape()).utf8)
            } else {
                text.append(byte)
            }
        }
        return text
    }

    /// Reads what follows a backslash.
    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        let letter = try peek()
        position += 1
        switch letter {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw failure(.badEscape, at: position - 2)
        }
    }

    /// `\u00e9`, or a pair such as `\ud83d\ude00`; half a pair stands for nothing and is refused.
    private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let start = position - 2
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, try skip(word: "\\u") else { throw failure(.badEscape, at: start) }
        let second = try codeUnit()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw failure(.badEscape, at: start) }
        return scalar
    }

    private mutating func codeUnit() throws(JSONError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw failure(.unexpectedEnd) }
        var unit: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw failure(.badEscape) }
            unit = unit << 4 | UInt32(digit)
        }
        position += 4
        return unit
    }

    // MARK: Numbers

    /// The number that stands here, as it is written.
    mutating func digits() throws(JSONError) -> String {
        String(decoding: bytes[try scanNumber()], as: UTF8.self)
    }

    mutating func scanNumber() throws(JSONError) -> Range<Int> {
        let start = position
        _ = take { $0 == UInt8(ascii: "-") }
        let firstDigit = position
        let integer = countDigits()
        let startsWithZero = integer > 0 && bytes[firstDigit] == UInt8(ascii: "0")
        var isSound = integer == 1 || integer > 1 && !startsWithZero
        if take({ $0 == UInt8(ascii: ".") }) { isSound = countDigits() > 0 && isSound }
        if take({ $0 | 0x20 == UInt8(ascii: "e") }) {
            _ = take { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
            isSound = countDigits() > 0 && isSound
        }
        guard isSound else { throw failure(.badNumber, at: start) }
        return start..<position
    }

    private mutating func countDigits() -> Int {
        let start = position
        while take({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {}
        return position - start
    }

    private mutating func take(_ isWanted: (UInt8) -> Bool) -> Bool {
        guard position < bytes.count, isWanted(bytes[position]) else { return false }
        position += 1
        return true
    }
}

extension BicepExpressions {
    /// A text in one of the three forms; one with a `${…}` in it becomes an expression.
    ///
    /// Source: learn.microsoft.com/azure/azure-resource-manager/bicep/data-types#strings
    mutating func string() throws(ReadingError) -> Value {
        let dollars = scanner.take(while: { $0 == UInt8(ascii: "$") }).utf8.count
        if scanner.follows("'''") { return try longString(dollars: dollars) }
        guard dollars == 0, scanner.take("'") else { throw scanner.unexpected() }
        return try shortString()
    }

    private mutating func shortString() throws(ReadingError) -> Value {
        var pieces = StringPieces()
        while true {
            if scanner.take("'") { return pieces.value }
            if scanner.take("${") {
                pieces.add(try interpolation())
            } else if scanner.next == UInt8(ascii: "\\") {
                pieces.add(character: try escape())
            } else {
                let text = scanner.take { byte in !Self.endsShortText.contains(byte) }
                if text.isEmpty { try addLoneDollar(to: &pieces) } else { pieces.add(text: text) }
            }
        }
    }

    private static let endsShortText: [UInt8] = [
        UInt8(ascii: "'"), UInt8(ascii: "\\"), UInt8(ascii: "$"), UInt8(ascii: "\n"), UInt8(ascii: "\r"),
    ]

    private mutating func addLoneDollar(to pieces: inout StringPieces) throws(ReadingError) {
        guard scanner.take("$") else { throw scanner.unexpected() }
        pieces.add(text: "$")
    }

    private mutating func interpolation() throws(ReadingError) -> Value {
        try scanner.skipSpace(newlines: true)
        let value = try expression()
        try close("}")
        return value
    }

    private mutating func escape() throws(ReadingError) -> Unicode.Scalar {
        let start = scanner.position
        scanner.advance(by: 2)
        switch scanner.text(from: start, to: scanner.position) {
        case "\\\\": return "\\"
        case "\\'": return "'"
        case "\\n": return "\n"
        case "\\r": return "\r"
        case "\\t": return "\t"
        case "\\$": return "$"
        case "\\u":
            guard scanner.take("{"),
                let number = UInt32(scanner.take { $0 != UInt8(ascii: "}") && $0.isIdentifierPart }, radix: 16),
                let scalar = Unicode.Scalar(number), scanner.take("}")
            else { throw scanner.failure("an escape that stands for nothing", at: start) }
            return scalar
        default: throw scanner.failure("an escape that stands for nothing", at: start)
        }
    }

    /// `'''…'''` knows no escapes, and `${…}` only with as many `$` as stand before the quotes.
    private mutating func longString(dollars: Int) throws(ReadingError) -> Value {
        let start = scanner.position
        _ = scanner.take("'''")
        if !scanner.take("\r\n") { _ = scanner.take("\n") }
        var pieces = StringPieces()
        while true {
            guard !scanner.isAtEnd else { throw scanner.failure("a text without an end", at: start) }
            if scanner.follows("'''"), scanner.byte(at: 3) != UInt8(ascii: "'") {
                scanner.advance(by: 3)
                return pieces.value
            }
            if dollars > 0, takeInterpolation(dollars) {
                pieces.add(try interpolation())
            } else {
                let text = scanner.take { $0 != UInt8(ascii: "'") && $0 != UInt8(ascii: "$") }
                pieces.add(text: text.isEmpty ? oneByte() : text)
            }
        }
    }

    private mutating func takeInterpolation(_ dollars: Int) -> Bool {
        let start = scanner.position
        let count = scanner.take(while: { $0 == UInt8(ascii: "$") }).utf8.count
        if count == dollars, scanner.take("{") { return true }
        scanner.goBack(to: start)
        return false
    }

    /// A quote or a dollar sign.
    private mutating func oneByte() -> String {
        let start = scanner.position
        scanner.advance()
        return scanner.text(from: start, to: scanner.position)
    }
}

/// The parts of a text while it is read.
private struct StringPieces {
    private var canonical = ""
    private var literal = ""
    private var isInterpolated = false

    var value: Value {
        isInterpolated ? .expression("'\(canonical)\(BicepText.escaped(literal))'") : .string(literal)
    }

    mutating func add(text: String) { literal += text }
    mutating func add(character: Unicode.Scalar) { literal.unicodeScalars.append(character) }

    mutating func add(_ value: Value) {
        canonical += "\(BicepText.escaped(literal))${\(BicepText.of(value))}"
        literal = ""
        isInterpolated = true
    }
}

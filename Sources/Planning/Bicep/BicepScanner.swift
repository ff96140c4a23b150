/// The bytes of a Bicep file, and the place up to which they are read.
struct BicepScanner {
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ text: String) {
        self.bytes = Array(text.utf8)
    }

    var isAtEnd: Bool { position >= bytes.count }

    /// The next byte; 0 at the end.
    var next: UInt8 { byte(at: 0) }

    func byte(at offset: Int) -> UInt8 {
        position + offset < bytes.count ? bytes[position + offset] : 0
    }

    func follows(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes[position...].starts(with: $0) }
    }

    mutating func take(_ text: StaticString) -> Bool {
        guard follows(text) else { return false }
        position += text.utf8CodeUnitCount
        return true
    }

    mutating func advance(by count: Int = 1) {
        position = min(position + count, bytes.count)
    }

    /// Reads on as long as a condition holds.
    mutating func take(while isWanted: (UInt8) -> Bool) -> String {
        let start = position
        while position < bytes.count, isWanted(bytes[position]) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    func text(from start: Int, to end: Int) -> String {
        String(decoding: bytes[start..<end], as: UTF8.self)
    }

    mutating func goBack(to place: Int) {
        position = place
    }

    /// Reads over spaces and comments, and over line ends where they mean nothing.
    mutating func skipSpace(newlines: Bool) throws(ReadingError) {
        while !isAtEnd {
            if next == UInt8(ascii: " ") || next == UInt8(ascii: "\t") {
                position += 1
            } else if next == UInt8(ascii: "\n") || next == UInt8(ascii: "\r") {
                guard newlines else { return }
                position += 1
            } else if follows("//") {
                while !isAtEnd, next != UInt8(ascii: "\n"), next != UInt8(ascii: "\r") { position += 1 }
            } else if follows("/*") {
                let start = position
                while !follows("*/") {
                    guard !isAtEnd else { throw failure("a comment without an end", at: start) }
                    position += 1
                }
                position += 2
            } else {
                return
            }
        }
    }

    // MARK: Failures

    func failure(_ reason: String, at place: Int? = nil) -> ReadingError {
        let line = 1 + bytes[..<(place ?? position)].count { $0 == UInt8(ascii: "\n") }
        return ReadingError(reason, line: line)
    }

    func unexpected() -> ReadingError {
        guard !isAtEnd else { return failure("the file ends too early") }
        if next == UInt8(ascii: "\n") || next == UInt8(ascii: "\r") { return failure("the line ends too early") }
        let rest = String(decoding: bytes[position..<min(position + 16, bytes.count)], as: UTF8.self)
        return failure("unexpected '\(rest.first ?? "?")'")
    }
}

extension UInt8 {
    var isIdentifierStart: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        default: false
        }
    }

    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var isIdentifierPart: Bool { isIdentifierStart || isDigit }
}

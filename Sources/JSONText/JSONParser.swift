/// Why a text is not JSON, and where.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Reason: Sendable, Hashable {
        case badEscape
        case badNumber
        case badText
        case controlCharacter
        case duplicateName(String)
        case tooDeep
        case trailingText
        case unexpected(Character)
        case unexpectedEnd
    }

    public let reason: Reason
    /// How many bytes come before the place.
    public let offset: Int

    public var description: String {
        switch reason {
        case .badEscape: "invalid escape sequence at byte \(offset)"
        case .badNumber: "invalid number at byte \(offset)"
        case .badText: "text that is not UTF-8 at byte \(offset)"
        case .controlCharacter: "unescaped control character at byte \(offset)"
        case .duplicateName(let name): "the name '\(name)' stands twice in one object, at byte \(offset)"
        case .tooDeep: "nested deeper than \(JSONParser.depthLimit) levels at byte \(offset)"
        case .trailingText: "more text after the end of the document at byte \(offset)"
        case .unexpected(let character): "unexpected '\(character)' at byte \(offset)"
        case .unexpectedEnd: "the document ends too early, at byte \(offset)"
        }
    }
}

extension JSON {
    /// Reads a document.
    ///
    /// - Throws: ``JSONError`` with the first mistake and its place. An object that names a member twice is refused,
    ///   because readers disagree on which one counts.
    public init(parsing bytes: some Sequence<UInt8>) throws(JSONError) {
        var parser = JSONParser(Array(bytes))
        self = try parser.document()
    }

    public init(parsing text: String) throws(JSONError) {
        try self.init(parsing: text.utf8)
    }
}

/// Recursive descent over the bytes of one document.
struct JSONParser {
    /// Deep enough for every honest document, shallow enough for every stack.
    static let depthLimit = 128

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws(JSONError) -> JSON {
        let value = try value()
        skipSpace()
        if position < bytes.count { throw failure(.trailingText) }
        return value
    }

    private mutating func value() throws(JSONError) -> JSON {
        skipSpace()
        switch try peek() {
        case UInt8(ascii: "{"): return try nested { parser throws(JSONError) in .object(try parser.members()) }
        case UInt8(ascii: "["): return try nested { parser throws(JSONError) in .array(try parser.elements()) }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw unexpected()
        }
    }

    private mutating func nested(_ body: (inout Self) throws(JSONError) -> JSON) throws(JSONError) -> JSON {
        guard depth < Self.depthLimit else { throw failure(.tooDeep) }
        depth += 1
        defer { depth -= 1 }
        position += 1
        return try body(&self)
    }

    private mutating func members() throws(JSONError) -> [JSON.Member] {
        var members: [JSON.Member] = []
        var names = MemberNames()
        if try skip(UInt8(ascii: "}")) { return members }
        repeat {
            skipSpace()
            guard try peek() == UInt8(ascii: "\"") else { throw unexpected() }
            let start = position
            let name = try string()
            guard names.insert(name, after: members) else { throw failure(.duplicateName(name), at: start) }
            guard try skip(UInt8(ascii: ":")) else { throw unexpected() }
            members.append(JSON.Member(name, try value()))
        } while try skip(UInt8(ascii: ","))
        guard try skip(UInt8(ascii: "}")) else { throw unexpected() }
        return members
    }

    private mutating func elements() throws(JSONError) -> [JSON] {
        var elements: [JSON] = []
        if try skip(UInt8(ascii: "]")) { return elements }
        repeat { elements.append(try value()) } while try skip(UInt8(ascii: ","))
        guard try skip(UInt8(ascii: "]")) else { throw unexpected() }
        return elements
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        let count = word.utf8CodeUnitCount
        let matches = word.withUTF8Buffer { bytes[position...].starts(with: $0) }
        guard matches else { throw unexpected() }
        position += count
        return value
    }

    private mutating func number() throws(JSONError) -> String {
        let start = position
        _ = take { $0 == UInt8(ascii: "-") }
        let integer = digits()
        let startsWithZero = bytes[position - integer..<position].first == UInt8(ascii: "0")
        var isSound = integer == 1 || integer > 1 && !startsWithZero
        if take({ $0 == UInt8(ascii: ".") }) { isSound = digits() > 0 && isSound }
        if take({ $0 | 0x20 == UInt8(ascii: "e") }) {
            _ = take { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
            isSound = digits() > 0 && isSound
        }
        guard isSound else { throw failure(.badNumber, at: start) }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func digits() -> Int {
        let start = position
        while take({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {}
        return position - start
    }

    // MARK: Strings

    private mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                let text = try text(bytes[start..<position], at: start)
                position += 1
                return text
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            case 0..<0x20: throw failure(.controlCharacter)
            default: position += 1
            }
        }
        throw failure(.unexpectedEnd)
    }

    /// The slow path: a string with at least one escape.
    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var unescaped = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return try text(unescaped[...], at: start)
            case UInt8(ascii: "\\"): unescaped += Array(String(try escape()).utf8)
            case 0..<0x20: throw failure(.controlCharacter, at: position - 1)
            default: unescaped.append(byte)
            }
        }
        throw failure(.unexpectedEnd)
    }

    private mutating func escape() throws(JSONError) -> Character {
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
        case UInt8(ascii: "u"): return Character(try unicodeEscape())
        default: throw failure(.badEscape, at: position - 2)
        }
    }

    /// `\u00e9`, or a pair such as `\ud83d\ude00`; half a pair stands for nothing and is refused.
    private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let start = position - 2
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, bytes[position...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else {
            throw failure(.badEscape, at: start)
        }
        position += 2
        let second = try codeUnit()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw failure(.badEscape, at: start) }
        return scalar
    }

    private mutating func codeUnit() throws(JSONError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw failure(.unexpectedEnd) }
        let text = bytes[position..<position + 4]
        guard text.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let unit = UInt32(String(decoding: text, as: UTF8.self), radix: 16)
        else { throw failure(.badEscape) }
        position += 4
        return unit
    }

    private func text(_ slice: ArraySlice<UInt8>, at start: Int) throws(JSONError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else { throw failure(.badText, at: start) }
        return text
    }

    // MARK: Bytes

    private mutating func skipSpace() {
        while take({ $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }) {}
    }

    /// Skips white space, and then one byte if it is this one.
    private mutating func skip(_ byte: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        return take { $0 == byte }
    }

    private mutating func take(_ isWanted: (UInt8) -> Bool) -> Bool {
        guard position < bytes.count, isWanted(bytes[position]) else { return false }
        position += 1
        return true
    }

    private func peek() throws(JSONError) -> UInt8 {
        guard position < bytes.count else { throw failure(.unexpectedEnd) }
        return bytes[position]
    }

    private func unexpected() -> JSONError {
        guard position < bytes.count else { return failure(.unexpectedEnd) }
        let rest = bytes[position..<min(position + 4, bytes.count)]
        return failure(.unexpected(String(decoding: rest, as: UTF8.self).first ?? "?"))
    }

    private func failure(_ reason: JSONError.Reason, at place: Int? = nil) -> JSONError {
        JSONError(reason: reason, offset: place ?? position)
    }
}

/// The names of an object's members so far.
private struct MemberNames {
    /// Up to so many names are compared one by one, which is quicker than to hash them.
    private static let few = 12

    private var names: Set<String> = []

    /// Adds a name; `false` where it is there already.
    mutating func insert(_ name: String, after members: [JSON.Member]) -> Bool {
        guard members.count >= Self.few else { return !members.contains { $0.name == name } }
        if members.count == Self.few { names = Set(members.map(\.name)) }
        return names.insert(name).inserted
    }
}

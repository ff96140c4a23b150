/// Reads the wanted parts of a document straight from its bytes, and checks all the rest without building it.
///
/// Whoever reads asks for a value as what it should be; a value of another kind is skipped, and `nil` or `false` says
/// so. What was read and what was skipped follow the same rules, so a document is refused however little of it is
/// wanted:
///
/// ```swift
/// var reader = JSONReader(bytes)
/// try reader.object { reader, name throws(JSONError) in
///     if name == "id" { id = try reader.string() }
/// }
/// try reader.end()
/// ```
///
/// It must not outlive the bytes. Source of the grammar: RFC 8259.
package struct JSONReader: ~Copyable {
    /// Deep enough for every honest document, shallow enough for every stack.
    package static let depthLimit = 128

    let bytes: UnsafeBufferPointer<UInt8>
    /// How many bytes have been read.
    var position = 0
    private var depth = 0
    /// The names of all objects that have begun and not ended, the innermost last.
    private var names: [UnsafeBufferPointer<UInt8>] = []

    package init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// Checks that nothing follows the document.
    package mutating func end() throws(JSONError) {
        skipSpace()
        if position < bytes.count { throw failure(.trailingText) }
    }

    // MARK: Values

    /// The next value if it is a text.
    package mutating func string() throws(JSONError) -> String? {
        if try kind() == .string { return try text() }
        try skip()
        return nil
    }

    /// The next value if it is a whole number that fits.
    package mutating func integer() throws(JSONError) -> Int? {
        if try kind() == .number { return Int(try digits()) }
        try skip()
        return nil
    }

    /// Reads over the next value.
    package mutating func skip() throws(JSONError) {
        switch try kind() {
        case .object: _ = try object { _, _ in }
        case .array: _ = try array { _ in }
        case .string: _ = try scanText()
        case .number: _ = try scanNumber()
        case .word:
            if try skip(word: "null") { return }
            if try skip(word: "true") { return }
            guard try skip(word: "false") else { throw unexpected() }
        }
    }

    /// Reads over `null`; nothing happens where something else follows.
    package mutating func skipNull() throws(JSONError) -> Bool {
        try kind() == .word ? try skip(word: "null") : false
    }

    /// Reads the next value if it is an object.
    ///
    /// - Parameter member: Is called with each name, and reads the value or leaves it.
    /// - Returns: Whether it was one.
    /// - Throws: ``JSONError`` with the first mistake and its place.
    package mutating func object(
        _ member: (inout JSONReader, JSONName) throws(JSONError) -> Void
    ) throws(JSONError) -> Bool {
        guard try kind() == .object else {
            try skip()
            return false
        }
        try descend()
        if names.capacity == 0 { names.reserveCapacity(KnownNames.few * 2) }
        var known = KnownNames(from: names.count)
        if try !skip(UInt8(ascii: "}")) {
            repeat {
                let name = try name(unlike: &known)
                skipSpace()
                let start = position
                try member(&self, name)
                if position == start { try skip() }
            } while try skip(UInt8(ascii: ","))
            guard try skip(UInt8(ascii: "}")) else { throw unexpected() }
        }
        names.removeSubrange(known.start...)
        depth -= 1
        return true
    }

    /// Reads the next value if it is an array.
    ///
    /// - Parameter element: Is called before each element, and reads it or leaves it.
    /// - Returns: Whether it was one.
    /// - Throws: ``JSONError`` with the first mistake and its place.
    package mutating func array(
        _ element: (inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) -> Bool {
        guard try kind() == .array else {
            try skip()
            return false
        }
        try descend()
        if try !skip(UInt8(ascii: "]")) {
            repeat {
                skipSpace()
                let start = position
                try element(&self)
                if position == start { try skip() }
            } while try skip(UInt8(ascii: ","))
            guard try skip(UInt8(ascii: "]")) else { throw unexpected() }
        }
        depth -= 1
        return true
    }

    private mutating func descend() throws(JSONError) {
        guard depth < Self.depthLimit else { throw failure(.tooDeep) }
        depth += 1
        position += 1
    }

    // MARK: Names

    /// Reads a name and its colon.
    private mutating func name(unlike known: inout KnownNames) throws(JSONError) -> JSONName {
        skipSpace()
        guard try peek() == UInt8(ascii: "\"") else { throw unexpected() }
        let start = position
        let place = try scanText()
        let name =
            place.hasEscapes
            ? JSONName(escaped: try unescaped(place))
            : JSONName(plain: UnsafeBufferPointer(rebasing: bytes[place.range]))
        guard known.insert(name, in: &names) else { throw failure(.duplicateName(name.text), at: start) }
        guard try skip(UInt8(ascii: ":")) else { throw unexpected() }
        return name
    }

    // MARK: Bytes

    enum Kind { case object, array, string, number, word }

    /// What the next value must be, from its first byte.
    mutating func kind() throws(JSONError) -> Kind {
        skipSpace()
        switch try peek() {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"): return .word
        default: throw unexpected()
        }
    }

    mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    /// Skips white space, and then one byte if it is this one.
    private mutating func skip(_ byte: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    mutating func skip(word: StaticString) throws(JSONError) -> Bool {
        let count = word.utf8CodeUnitCount
        guard bytes.count - position >= count else { return false }
        for index in 0..<count where bytes[position + index] != word.utf8Start[index] { return false }
        position += count
        return true
    }

    func peek() throws(JSONError) -> UInt8 {
        guard position < bytes.count else { throw failure(.unexpectedEnd) }
        return bytes[position]
    }

    func unexpected() -> JSONError {
        guard position < bytes.count else { return failure(.unexpectedEnd) }
        let rest = bytes[position..<min(position + 4, bytes.count)]
        return failure(.unexpected(String(decoding: rest, as: UTF8.self).first ?? "?"))
    }

    func failure(_ reason: JSONError.Reason, at place: Int? = nil) -> JSONError {
        JSONError(reason: reason, offset: place ?? position)
    }
}

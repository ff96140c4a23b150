extension JSON {
    /// Reads a document.
    ///
    /// - Throws: ``JSONError`` with the first mistake and its place. An object that names a member twice is refused,
    ///   because readers disagree on which one counts.
    public init(parsing bytes: some Sequence<UInt8>) throws(JSONError) {
        let inPlace = bytes.withContiguousStorageIfAvailable { Self.outcome(of: $0) }
        let outcome = inPlace ?? Array(bytes).withUnsafeBufferPointer { Self.outcome(of: $0) }
        self = try outcome.get()
    }

    public init(parsing text: String) throws(JSONError) {
        try self.init(parsing: text.utf8)
    }

    private static func outcome(of bytes: UnsafeBufferPointer<UInt8>) -> Result<JSON, JSONError> {
        Result { () throws(JSONError) in
            var reader = JSONReader(bytes)
            let document = try reader.value()
            try reader.end()
            return document
        }
    }
}

extension JSONReader {
    /// The next value, whole.
    package mutating func value() throws(JSONError) -> JSON {
        switch try kind() {
        case .object:
            var members: [JSON.Member] = []
            _ = try object { reader, name throws(JSONError) in
                members.append(JSON.Member(name.text, try reader.value()))
            }
            return .object(members)
        case .array:
            var elements: [JSON] = []
            _ = try array { reader throws(JSONError) in elements.append(try reader.value()) }
            return .array(elements)
        case .string: return .string(try text())
        case .number: return .number(try digits())
        case .word: return try word()
        }
    }

    private mutating func word() throws(JSONError) -> JSON {
        if try skip(word: "true") { return .bool(true) }
        if try skip(word: "false") { return .bool(false) }
        guard try skip(word: "null") else { throw unexpected() }
        return .null
    }
}

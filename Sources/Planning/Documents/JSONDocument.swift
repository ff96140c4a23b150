package import JSONText

/// Reads JSON that has no other form: one thing, which is the whole file.
enum JSONDocument {
    static func things(_ text: String) throws(ReadingError) -> [Thing] {
        [Thing(.init(.document, ""), Value(try parse(text)))]
    }

    static func parse(_ text: String) throws(ReadingError) -> JSON {
        do {
            return try JSON(parsing: text)
        } catch {
            let line = 1 + text.utf8.prefix(error.offset).count { $0 == UInt8(ascii: "\n") }
            throw ReadingError("\(error)", line: line)
        }
    }
}

extension Value {
    package init(_ json: JSON) {
        self.init(json, reading: { .string($0) })
    }

    /// The value with its strings read by a function.
    init(_ json: JSON, reading string: (String) -> Value) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .number(let digits): self = .literal(digits)
        case .string(let text): self = string(text)
        case .array(let elements): self = .list(elements.map { Value($0, reading: string) })
        case .object(let members):
            self = .object(members.map { Member($0.name, Value($0.value, reading: string)) })
        }
    }
}

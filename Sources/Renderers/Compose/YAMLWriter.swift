import JSONText

/// Writes a value as a YAML document in block style.
///
/// Scalars are plain where every reader takes them for the same text, and quoted everywhere else.
/// Source: yaml.org/spec/1.2.2
struct YAMLWriter {
    private(set) var text = ""

    init(_ document: JSON) {
        write(document, indent: 0)
    }

    /// Writes what comes after the key or dash of a line, and ends the line.
    private mutating func write(_ value: JSON, indent: Int) {
        switch value {
        case .null: text += "null\n"
        case .bool(let value): text += value ? "true\n" : "false\n"
        case .number(let digits): text += "\(digits)\n"
        case .string(let string):
            append(string)
            text += "\n"
        case .array(let elements):
            if elements.isEmpty { text += "[]\n" }
            for (index, element) in elements.enumerated() {
                // A list that stands in a list begins on the line of its dash.
                if index > 0 || !isAfterDash { space(indent) }
                text += "- "
                write(element, indent: indent + 2)
            }
        case .object(let members):
            if members.isEmpty { text += "{}\n" }
            for (index, member) in members.enumerated() {
                if index > 0 || !isAfterDash { space(indent) }
                append(member.name)
                text += member.value.isBlock ? ":\n" : ": "
                write(member.value, indent: indent + 2)
            }
        }
    }

    private var isAfterDash: Bool { text.utf8.last == UInt8(ascii: " ") }

    private mutating func space(_ count: Int) {
        for _ in 0..<count { text += " " }
    }

    // MARK: Scalars

    private mutating func append(_ string: String) {
        if Self.isPlain(string) {
            text += string
        } else {
            text += "\""
            for scalar in string.unicodeScalars { appendQuoted(scalar) }
            text += "\""
        }
    }

    /// Words that some readers take for something else than text.
    ///
    /// Source: yaml.org/type/bool.html, and yaml.org/type/null.html
    private static let reserved: Set<String> = ["n", "no", "null", "off", "on", "true", "false", "y", "yes"]

    /// Whether text needs no quotes: it begins as a name or a path does, and goes on without signs.
    private static func isPlain(_ string: String) -> Bool {
        guard let first = string.utf8.first, isLetter(first) || first == UInt8(ascii: "/") else { return false }
        let isName = string.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "/"):
                true
            default: isLetter(byte)
            }
        }
        return isName && !reserved.contains(string.lowercased())
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private mutating func appendQuoted(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": text += "\\\""
        case "\\": text += "\\\\"
        case "\n": text += "\\n"
        case "\r": text += "\\r"
        case "\t": text += "\\t"
        // Controls, which YAML forbids, and what ends a line for YAML 1.1.
        case "\0"..<" ", "\u{7F}"..."\u{A0}", "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFE}", "\u{FFFF}":
            let digits = String(scalar.value, radix: 16)
            text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: text.unicodeScalars.append(scalar)
        }
    }
}

extension JSON {
    /// Whether it takes lines of its own, below its key.
    fileprivate var isBlock: Bool {
        switch self {
        case .null, .bool, .number, .string: false
        case .array(let elements): !elements.isEmpty
        case .object(let members): !members.isEmpty
        }
    }
}

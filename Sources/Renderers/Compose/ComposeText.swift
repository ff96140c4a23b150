import JSONText

/// Text of a Compose file, where `$` begins the name of a variable.
///
/// Source: docs.docker.com/reference/compose-file/interpolation
struct ComposeText: Hashable {
    /// As it stands in the file.
    let source: String

    private init(source: String) {
        self.source = source
    }

    /// Text that stays what it is.
    static func literal(_ text: String) -> ComposeText {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return ComposeText(source: text) }
        return ComposeText(source: text.split(separator: "$", omittingEmptySubsequences: false).joined(separator: "$$"))
    }

    /// The value of a variable, or a default where it has none; the default is a word of our own.
    static func variable(_ name: String, default value: String = "") -> ComposeText {
        ComposeText(source: "${\(name):-\(value)}")
    }

    /// The value of a variable without which the project does not start.
    static func required(_ name: String) -> ComposeText {
        ComposeText(source: "${\(name):?set it in .env}")
    }

    static func + (first: ComposeText, second: ComposeText) -> ComposeText {
        ComposeText(source: first.source + second.source)
    }

    var json: JSON { .string(source) }
}

extension String {
    /// Whether Compose and a shell take this for the name of a variable.
    var isVariableName: Bool {
        guard let first = utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }

    /// This name, or the first of its numbered likes that nobody has.
    func unlike(_ taken: Set<String>, separator: String) -> String {
        var name = self
        var number = 2
        while taken.contains(name) {
            name = "\(self)\(separator)\(number)"
            number += 1
        }
        return name
    }
}

/// The text of a unit file, written line by line.
///
/// Source: freedesktop.org/software/systemd/man/systemd.syntax.html
struct UnitText {
    private(set) var text: String

    /// Begins with comments, one a line.
    init(comment: String) {
        text = "# \(comment)\n"
    }

    mutating func section(_ name: String) {
        text += "\n[\(name)]\n"
    }

    /// A line whose value is written by this code, so that nothing in it needs a quotation mark.
    mutating func set(_ name: String, _ value: String) {
        text += "\(name)=\(value)\n"
    }

    /// A line with a list; none where the list is empty.
    mutating func set(_ name: String, _ values: [String]) {
        if !values.isEmpty { set(name, values.joined(separator: " ")) }
    }

    mutating func comment(_ words: String) {
        text += "# \(words)\n"
    }

    mutating func blankLine() {
        text += "\n"
    }
}

/// Text as the different settings of a unit read it.
enum UnitValue {
    /// One word of a command line, in which `%` begins a specifier and `$` a variable.
    ///
    /// Source: freedesktop.org/software/systemd/man/systemd.service.html, "Command lines"
    static func argument(_ text: String) -> String {
        if !text.isEmpty, text.utf8.allSatisfy(isPlain) { return text }
        return quoted(text) { byte in
            switch byte {
            case UInt8(ascii: "$"): "$$"
            case UInt8(ascii: "%"): "%%"
            default: nil
            }
        }
    }

    /// An assignment for `Environment=`, in which `%` begins a specifier and `$` is nothing special.
    ///
    /// - Parameters:
    ///   - prefix: What stands before the text and may hold specifiers.
    ///   - text: The text itself.
    /// - Returns: The quoted assignment.
    ///
    /// Source: freedesktop.org/software/systemd/man/systemd.exec.html, "Environment="
    static func assignment(_ name: String, prefix: String = "", _ text: String) -> String {
        "\"\(name)=\(prefix)" + quoted(text) { $0 == UInt8(ascii: "%") ? "%%" : nil }.dropFirst()
    }

    /// Whether `Environment=` takes this text: it refuses control characters but tabs and newlines, and what Unicode
    /// says is no character.
    static func isEnvironment(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x09, 0x0A: true
            case 0..<0x20, 0x7F, 0xFDD0...0xFDEF: false
            default: scalar.value & 0xFFFE != 0xFFFE
            }
        }
    }

    /// Any text at all for `SetCredential=`, which knows escapes and no specifiers.
    ///
    /// Source: freedesktop.org/software/systemd/man/systemd.exec.html, "SetCredential="
    static func credential(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 { escaped += isPlain(byte) ? String(UnicodeScalar(byte)) : hexadecimal(byte) }
        return escaped
    }

    /// Text in words of a sentence, such as a description, in which `%` begins a specifier.
    static func sentence(_ text: String) -> String {
        text.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%")
    }

    private static func quoted(_ text: String, special: (UInt8) -> String?) -> String {
        var bytes = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes += #"\""#.utf8
            case UInt8(ascii: "\\"): bytes += #"\\"#.utf8
            case UInt8(ascii: "\n"): bytes += #"\n"#.utf8
            case UInt8(ascii: "\t"): bytes += #"\t"#.utf8
            case 0..<0x20, 0x7F: bytes += hexadecimal(byte).utf8
            default: if let replacement = special(byte) { bytes += replacement.utf8 } else { bytes.append(byte) }
            }
        }
        bytes.append(UInt8(ascii: "\""))
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "\\x0" : "\\x") + String(byte, radix: 16)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: ","), UInt8(ascii: "+"):
            true
        default: false
        }
    }
}

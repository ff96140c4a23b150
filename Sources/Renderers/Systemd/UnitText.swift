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
        return quoted(text) { scalar in
            switch scalar {
            case "$": "$$"
            case "%": "%%"
            default: nil
            }
        }
    }

    /// An assignment for `Environment=`, in which `%` begins a specifier and `$` is nothing special.
    ///
    /// What stands in the prefix may hold specifiers.
    ///
    /// Source: freedesktop.org/software/systemd/man/systemd.exec.html, "Environment="
    static func assignment(_ name: String, prefix: String = "", _ text: String) -> String {
        "\"\(name)=\(prefix)" + quoted(text) { $0 == "%" ? "%%" : nil }.dropFirst()
    }

    /// Whether `Environment=` takes this text.
    static func isEnvironment(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy(isEnvironment)
    }

    /// Control characters but tabs and newlines are refused, and so is what Unicode says is no character.
    ///
    /// Source: env_value_is_valid() and utf8_is_valid() in github.com/systemd/systemd
    private static func isEnvironment(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: true
        case 0..<0x20, 0x7F, 0xFDD0...0xFDEF: false
        default: scalar.value & 0xFFFE != 0xFFFE
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

    private static func quoted(_ text: String, special: (Unicode.Scalar) -> String?) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += #"\""#
            case "\\": quoted += #"\\"#
            case "\n": quoted += #"\n"#
            case "\t": quoted += #"\t"#
            case _ where !isEnvironment(scalar): for byte in String(scalar).utf8 { quoted += hexadecimal(byte) }
            default:
                if let replacement = special(scalar) {
                    quoted += replacement
                } else {
                    quoted.unicodeScalars.append(scalar)
                }
            }
        }
        return quoted + "\""
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

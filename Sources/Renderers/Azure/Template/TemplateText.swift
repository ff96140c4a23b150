/// How a string of a template says text or an expression.
///
/// Source: learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions#escape-characters
package enum TemplateText: Sendable, Hashable {
    case plain(String)
    /// What stands between the brackets.
    case expression(String)

    /// Reads a string of a template.
    package init(_ string: String) {
        guard Self.looksLikeExpression(string) else {
            self = .plain(string)
            return
        }
        let inner = string.utf8.dropFirst()
        if inner.first == UInt8(ascii: "[") {
            self = .plain(String(decoding: inner, as: UTF8.self))
        } else {
            self = .expression(String(decoding: inner.dropLast(), as: UTF8.self))
        }
    }

    /// The string for a template; plain text that looks like an expression gets a bracket more.
    package var string: String {
        switch self {
        case .plain(let text): Self.looksLikeExpression(text) ? "[\(text)" : text
        case .expression(let text): "[\(text)]"
        }
    }

    /// A text inside an expression.
    package static func quoted(_ text: String) -> String { "'\(text.doubling("'"))'" }

    /// The text that stands inside an expression in quotes; `nil` where it is none.
    package static func unquoted(_ quoted: String) -> String? {
        let bytes = Array(quoted.utf8)
        let quote = UInt8(ascii: "'")
        guard bytes.count > 1, bytes.first == quote, bytes.last == quote else { return nil }
        var text: [UInt8] = []
        var rest = bytes[1..<bytes.count - 1]
        while let byte = rest.popFirst() {
            if byte == quote, rest.popFirst() != quote { return nil }
            text.append(byte)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func looksLikeExpression(_ text: String) -> Bool {
        text.utf8.first == UInt8(ascii: "[") && text.utf8.last == UInt8(ascii: "]") && text.utf8.count > 1
    }
}

/// The canonical spelling of Bicep values, by which two expressions are compared.
enum BicepText {
    /// A text between quotes, escaped as the official writer does.
    ///
    /// Source: StringUtils.EscapeBicepString of github.com/Azure/bicep
    static func quoted(_ text: String) -> String {
        "'\(escaped(text))'"
    }

    static func escaped(_ text: String) -> String {
        var output = String.UnicodeScalarView()
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "\\", "'": output += ["\\", scalar]
            case "\n": output += ["\\", "n"]
            case "\r": output += ["\\", "r"]
            case "\t": output += ["\\", "t"]
            case "$" where index + 1 < scalars.count && scalars[index + 1] == "{": output += ["\\", "$"]
            default: output.append(scalar)
            }
        }
        return String(output)
    }

    static func of(_ value: Value) -> String {
        switch value {
        case .string(let text): quoted(text)
        case .literal(let text), .expression(let text): text
        case .list(let elements): "[\(elements.map(of).joined(separator: ", "))]"
        case .object(let members):
            members.isEmpty ? "{}" : "{ \(members.map { "\(key($0.name)): \(of($0.value))" }.joined(separator: ", ")) }"
        case .secret(let hidden): hidden.description
        }
    }

    private static func key(_ name: String) -> String {
        let isIdentifier = name.utf8.first?.isIdentifierStart == true && name.utf8.allSatisfy(\.isIdentifierPart)
        return isIdentifier && !["true", "false", "null"].contains(name) ? name : quoted(name)
    }
}

// How single values read in Bicep.

extension ARMValue {
    /// The value as a person reads it: in Bicep, on one line.
    package var expression: String { bicep }

    /// The value on one line.
    var bicep: String {
        switch self {
        case .bool(let value): value ? "true" : "false"
        case .integer(let number): "\(number)"
        // Bicep has no numbers with fractions.
        case .decimal(let digits): "json('\(digits)')"
        case .string(let text): text.inBicep
        case .array(let values): "[" + values.map(\.bicep).joined(separator: ", ") + "]"
        case .object(let members) where members.isEmpty: "{}"
        case .object(let members):
            "{ " + members.map { "\($0.name.bicep): \($0.value.bicep)" }.joined(separator: ", ") + " }"
        case .parameter(let name): name
        case .variable(let variable): variable.name
        case .attribute(let symbol, .id): "\(symbol.name).id"
        case .attribute(let symbol, .name): "\(symbol.name).name"
        case .attribute(let symbol, .property(let path)): "\(symbol.name).properties\(path.dotted)"
        case .joined(let parts): Self.interpolation(parts)
        case .call(let function, let arguments, let property):
            "\(function.rawValue)(\(arguments.map(\.bicep).joined(separator: ", ")))"
                + property.dotted
        }
    }

    private static func interpolation(_ parts: [ARMValue]) -> String {
        let merged = parts.flattened
        var text = "'"
        for part in merged {
            if case .string(let plain) = part { text += plain.escapedInBicep } else { text += "${\(part.bicep)}" }
        }
        return text + "'"
    }
}

extension [ARMValue] {
    /// The parts of a text with no joined values among them and no two plain texts in a row.
    ///
    /// Escaping looks at what stands beside a character, so plain neighbours must be one.
    var flattened: [ARMValue] {
        reduce(into: []) { result, part in
            let parts = if case .joined(let inner) = part { inner.flattened } else { [part] }
            for part in parts {
                if case .string(let next) = part, case .string(let last) = result.last {
                    result[result.count - 1] = .string(last + next)
                } else {
                    result.append(part)
                }
            }
        }
    }
}

extension String {
    /// The text as a Bicep string.
    var inBicep: String { "'\(escapedInBicep)'" }

    fileprivate var escapedInBicep: String {
        let marks: (UInt8) -> Bool = { $0 < 0x20 || $0 == 0x7F || $0 == 0x5C || $0 == 0x27 || $0 == 0x24 }
        guard utf8.contains(where: marks) else { return self }
        var escaped = ""
        escaped.reserveCapacity(utf8.count)
        var rest = unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "'": escaped += "\\'"
            case "\n": escaped += "\\n"
            case "\r": escaped += "\\r"
            case "\t": escaped += "\\t"
            case "$" where rest.first == "{": escaped += "\\$"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                escaped += "\\u{\(String(scalar.value, radix: 16))}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// Whether a property of this name needs no quotes.
    var isBicepName: Bool {
        guard let first = utf8.first, self != "true", self != "false", self != "null" else { return false }
        let isDigit: (UInt8) -> Bool = { (0x30...0x39).contains($0) }
        let isLetter: (UInt8) -> Bool = { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F }
        return isLetter(first) && utf8.allSatisfy { isLetter($0) || isDigit($0) }
    }

    /// The text on one line of a comment.
    var inComment: String { String(map { $0.isNewline ? " " : $0 }) }
}

extension Collection<String> {
    /// The names as a path that follows something: `.properties.fqdn`.
    var dotted: String {
        reduce(into: "") { path, name in
            path += "."
            path += name
        }
    }
}

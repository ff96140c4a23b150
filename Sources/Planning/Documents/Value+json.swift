package import JSONText

/// Why a value cannot be sent, and where the reason stands.
package enum UnsendableValue: Error, Sendable, Hashable {
    /// A secret, which is known here by its fingerprint at most.
    case secret(PropertyPath, SecretParameter?)
    /// What is known only after a creation, as a person reads it.
    case unknown(PropertyPath, String)
    /// A text that JSON has no word for: `yes`, `0x1F`.
    case literal(PropertyPath, String)
}

extension Value {
    /// The value as JSON, member by member and digit by digit.
    ///
    /// - Throws: ``UnsendableValue`` for the first part that JSON cannot say.
    package func json() throws(UnsendableValue) -> JSON {
        try json(at: PropertyPath())
    }

    private func json(at path: PropertyPath) throws(UnsendableValue) -> JSON {
        switch self {
        case .string(let text): return .string(text)
        case .literal(let text):
            guard let json = try? JSON(parsing: text), json.text == text else { throw .literal(path, text) }
            switch json {
            case .null, .bool, .number: return json
            case .string, .array, .object: throw .literal(path, text)
            }
        case .expression(let text): throw .unknown(path, text)
        case .secret(let hidden): throw .secret(path, hidden.source)
        case .list(let elements):
            var values: [JSON] = []
            values.reserveCapacity(elements.count)
            for (index, element) in elements.enumerated() {
                values.append(try element.json(at: path.appending(.index(index))))
            }
            return .array(values)
        case .object(let members):
            var values: [JSON.Member] = []
            values.reserveCapacity(members.count)
            for member in members {
                values.append(.init(member.name, try member.value.json(at: path.appending(.member(member.name)))))
            }
            return .object(values)
        }
    }
}

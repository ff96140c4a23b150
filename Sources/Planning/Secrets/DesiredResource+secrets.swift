extension DesiredResource {
    /// This resource with the secrets that nobody gave as they were applied last.
    ///
    /// That is what a ledger must remember of a secret that stayed what it was.
    package func keepingSecrets(of applied: Plan.Applied?) -> DesiredResource {
        guard let applied else { return self }
        var resource = self
        resource.body = body.keepingSecrets(of: applied.body)
        return resource
    }
}

extension Value {
    fileprivate func keepingSecrets(of other: Value) -> Value {
        switch (self, other) {
        case (.secret(let hidden), .secret) where !hidden.isGiven: return other
        case (.object(let members), .object(let others)):
            let values = Dictionary(others.map { ($0.name, $0.value) }) { first, _ in first }
            return .object(
                members.map { member in
                    Member(member.name, values[member.name].map(member.value.keepingSecrets) ?? member.value)
                }
            )
        case (.list(let elements), .list(let others)) where elements.count == others.count:
            return .list(zip(elements, others).map { $0.keepingSecrets(of: $1) })
        default: return self
        }
    }

    /// This value without the values of its secrets.
    var withoutSecrets: Value {
        switch self {
        case .secret(let hidden): .secret(hidden.forgotten)
        case .list(let elements): .list(elements.map(\.withoutSecrets))
        case .object(let members): .object(members.map { Member($0.name, $0.value.withoutSecrets) })
        case .string, .literal, .expression: self
        }
    }
}

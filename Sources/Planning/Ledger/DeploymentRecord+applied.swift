extension DeploymentRecord {
    /// What may be in effect of a stack, from the versions in its ledger.
    ///
    /// That is the last version that was carried out, with all that came after it and all that these name as
    /// unfinished: a resource of any of them is the stack's, so that a deployment which somebody killed leaves nothing
    /// behind. Where they disagree about a value, nobody knows it.
    package static func applied(from records: [DeploymentRecord]) -> [String: Plan.Applied] {
        let records = inEffect(records)
        let isFinished = records.contains { $0.state == .applied }
        var versions: [String: [DesiredResource]] = [:]
        for resource in records.flatMap(\.resources) {
            versions[resource.id.identifierKey, default: []].append(resource)
        }
        let merged = versions.values.compactMap { versions -> (String, Plan.Applied)? in
            guard let last = versions.last else { return nil }
            let body = versions.dropFirst().reduce(versions[0].body) { $1.body.merged(with: $0) }
            let resource = Plan.Applied(
                type: last.type,
                body: body,
                needs: Set(versions.flatMap(\.needs)),
                node: last.node,
                isProtected: versions.contains(where: \.isProtected),
                isCertain: isFinished && versions.count == records.count
            )
            return (last.id, resource)
        }
        return Dictionary(merged) { _, last in last }
    }

    /// The versions that may be in effect, the oldest first.
    private static func inEffect(_ records: [DeploymentRecord]) -> [DeploymentRecord] {
        let sorted = records.sorted { $0.version < $1.version }
        let start = sorted.lastIndex { $0.state == .applied } ?? sorted.startIndex
        let named = Set(sorted[start...].flatMap(\.unfinished))
        return sorted[..<start].filter { named.contains($0.version) } + sorted[start...]
    }
}

extension Value {
    /// Some value that nobody knows.
    private static let unknown = Value.expression("unknown")

    /// All that either value says; where they say different things, nobody knows which holds.
    fileprivate func merged(with old: Value) -> Value {
        guard case (.object(let members), .object(let others)) = (self, old) else {
            return self == old ? self : doubted
        }
        let values = Dictionary(others.map { ($0.name, $0.value) }) { first, _ in first }
        let names = Set(members.map(\.name))
        return .object(
            members.map { Member($0.name, values[$0.name].map($0.value.merged) ?? $0.value.doubted) }
                + others.filter { !names.contains($0.name) }.map { Member($0.name, $0.value.doubted) }
        )
    }

    /// This value with unknown ones in all of its places.
    private var doubted: Value {
        switch self {
        case .object(let members): .object(members.map { Member($0.name, $0.value.doubted) })
        case .secret(let hidden): .secret(hidden.forgotten)
        case .string, .literal, .expression, .list: .unknown
        }
    }
}

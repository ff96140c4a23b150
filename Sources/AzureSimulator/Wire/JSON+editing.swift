import JSONText

/// Where a property is: `properties.configuration.secrets.*.value`.
///
/// `*` stands for every element or member, and a last `#` for the names of all members.
struct PropertyPath: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    var steps: [String]

    init(stringLiteral value: String) { self.steps = value.split(separator: ".").map(String.init) }

    init(_ steps: [String]) { self.steps = steps }

    var description: String { steps.joined(separator: ".") }
}

extension JSON {
    /// All values that a path leads to.
    func values(at path: PropertyPath) -> [JSON] {
        path.steps.reduce([self]) { values, step in
            values.flatMap { value -> [JSON] in
                if step == "#" { return value.members?.map { .string($0.name) } ?? [] }
                guard step == "*" else { return value[step].map { [$0] } ?? [] }
                return value.array ?? value.members?.map(\.value) ?? []
            }
        }
    }

    func value(at path: PropertyPath) -> JSON? { values(at: path).first }

    /// The document with every value of a path changed; `nil` takes the value out.
    func changing(_ path: PropertyPath, _ change: (JSON) -> JSON?) -> JSON {
        changing(path.steps[...], change) ?? self
    }

    private func changing(_ steps: ArraySlice<String>, _ change: (JSON) -> JSON?) -> JSON? {
        guard let step = steps.first else { return change(self) }
        let rest = steps.dropFirst()
        switch self {
        case .array(let elements) where step == "*":
            return .array(elements.compactMap { $0.changing(rest, change) })
        case .object(let members):
            return .object(
                members.compactMap { member in
                    guard step == "*" || member.name == step else { return member }
                    return member.value.changing(rest, change).map { Member(member.name, $0) }
                }
            )
        case .null, .bool, .number, .string, .array: return self
        }
    }

    func removing(_ path: PropertyPath) -> JSON { changing(path) { _ in nil } }

    /// The document with what another one says on top: objects are joined, everything else is replaced.
    func overlaid(by other: JSON) -> JSON { joined(with: other) { $0.overlaid(by: $1) } }

    /// The document with what a default says where it says nothing.
    func filled(with defaults: JSON) -> JSON { joined(with: defaults) { $0.filled(with: $1) } ?? self }

    /// The document changed by a merge patch.
    ///
    /// Source: RFC 7396
    func patched(by patch: JSON) -> JSON {
        guard case .object(let changes) = patch else { return patch }
        let removed = Set(changes.filter { $0.value == .null }.map(\.name))
        let kept = (members ?? []).filter { !removed.contains($0.name) }
        let added = JSON.object(changes.filter { $0.value != .null })
        return JSON.object(kept).joined(with: added) { $0.patched(by: $1) } ?? added
    }

    /// The members of two objects, with a rule for those that are in both; `nil` where one is no object.
    private func joined(with other: JSON, both: (JSON, JSON) -> JSON) -> JSON? {
        guard case .object(var members) = self, case .object(let others) = other else { return nil }
        var places = Dictionary(uniqueKeysWithValues: members.indices.map { (members[$0].name, $0) })
        for member in others {
            if let place = places[member.name] {
                members[place].value = both(members[place].value, member.value)
            } else {
                places[member.name] = members.count
                members.append(member)
            }
        }
        return .object(members)
    }

    private func joined(with other: JSON, _ both: (JSON, JSON) -> JSON) -> JSON {
        joined(with: other, both: both) ?? other
    }

    /// The object without the members that say nothing, at any depth: Azure reads `null` as absence.
    var withoutNulls: JSON {
        switch self {
        case .object(let members):
            .object(members.compactMap { $0.value == .null ? nil : Member($0.name, $0.value.withoutNulls) })
        case .array(let elements): .array(elements.map(\.withoutNulls))
        case .null, .bool, .number, .string: self
        }
    }

    /// The document with every text changed, names of members too where these are wanted.
    func changingTexts(_ change: (String) -> String) -> JSON {
        switch self {
        case .string(let text): .string(change(text))
        case .array(let elements): .array(elements.map { $0.changingTexts(change) })
        case .object(let members):
            .object(members.map { Member(change($0.name), $0.value.changingTexts(change)) })
        case .null, .bool, .number: self
        }
    }
}

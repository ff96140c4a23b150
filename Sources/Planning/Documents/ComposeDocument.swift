import Yams

/// Reads a Compose file.
///
/// Source: docs.docker.com/reference/compose-file
enum ComposeDocument {
    private static let kinds: [String: Thing.Kind] = [
        "services": .service, "networks": .network, "volumes": .volume, "configs": .config, "secrets": .secret,
    ]

    static func things(_ text: String) throws(ReadingError) -> [Thing] {
        var reader = YAMLReader()
        guard let members = try reader.value(text).members else {
            throw ReadingError("it holds no mapping", line: 1)
        }
        var things: [Thing] = []
        var rest: [Value.Member] = []
        for member in members {
            guard let kind = kinds[member.name], let named = member.value.members else {
                rest.append(member)
                continue
            }
            things += named.map { Thing(.init(kind, $0.name), kind == .service ? service($0.value) : $0.value) }
        }
        return [Thing](document: rest, things)
    }

    /// A list of `NAME=value` says the same as a mapping.
    private static func service(_ value: Value) -> Value {
        ["environment", "labels"].reduce(value) { $0.mapping($1, keyed) }
    }

    private static func keyed(_ value: Value) -> Value {
        guard case .list(let elements) = value else { return value }
        var members: [Value.Member] = []
        for element in elements {
            guard let words = element.string?.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false),
                let name = words.first
            else { return value }
            members.append(.init(String(name), words.count == 2 ? .string(String(words[1])) : .null))
        }
        return Set(members.map(\.name)).count == members.count ? .object(members) : value
    }
}

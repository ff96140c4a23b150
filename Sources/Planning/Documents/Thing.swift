/// Something that a file declares: a resource, a service, a section.
public struct Thing: Sendable, Hashable {
    public let id: ID
    public let properties: Value

    /// What tells a thing from all others of its file.
    public struct ID: Sendable, Hashable {
        public let kind: Kind
        /// The type of a resource without its version: `Microsoft.App/containerApps`.
        public let type: String?
        public let name: String

        public init(_ kind: Kind, type: String? = nil, _ name: String) {
            self.kind = kind
            self.type = type
            self.name = name
        }
    }

    /// The kinds of things, in the order of showing them.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// What the file says about itself, outside of all others.
        case document
        case parameter
        case variable
        case resource
        case output
        case service
        case network
        case volume
        case config
        case secret
        case section
    }

    init(_ id: ID, _ properties: Value) {
        self.id = id
        self.properties = properties
    }
}

extension Thing.ID: Comparable {
    public static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.kind.place, lhs.type ?? "", lhs.name) < (rhs.kind.place, rhs.type ?? "", rhs.name)
    }
}

extension Thing.Kind {
    fileprivate var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension [Thing] {
    /// What a file says about itself, where it says something, before all others.
    init(document members: [Value.Member], _ things: [Thing]) {
        self = (members.isEmpty ? [] : [Thing(.init(.document, ""), .object(members))]) + things
    }

    /// The things such that no two have one identity: `x`, and then `x (2)`.
    var toldApart: [Thing] {
        var seen: [Thing.ID: Int] = [:]
        return map { thing in
            let count = seen[thing.id, default: 0] + 1
            seen[thing.id] = count
            guard count > 1 else { return thing }
            return Thing(.init(thing.id.kind, type: thing.id.type, "\(thing.id.name) (\(count))"), thing.properties)
        }
    }
}

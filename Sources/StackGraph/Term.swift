/// A value that may be unknown until the stack runs or is deployed.
public indirect enum Term: Sendable, Hashable {
    /// A value known now: `"gpt-4o-mini"`.
    case literal(String)
    /// An attribute of a resource: the host name of `chat`.
    case attribute(ResourceID, Attribute)
    /// Terms joined as text: `"https://\(chat.hostname)/v1"`.
    case joined([Term])

    /// What a resource can tell others about itself.
    ///
    /// An attribute that opens a resource says for what, because the reference also grants that access.
    public enum Attribute: Sendable, Hashable {
        case blobs(Access)
        case bus(BusAccess)
        /// The name of a queue or topic; with an access where the reader uses it under that name.
        case busEntity(BusAccess?)
        case cache
        case database(Access)
        case hostname
        case modelDeployment
        case modelEndpoint
        case tables(Access)
        case telemetry
        case url
    }
}

/// What a user of a store may do with it.
public enum Access: String, Sendable, Hashable, CaseIterable { case read, readWrite }

/// What a user of a queue or topic may do with it.
public enum BusAccess: String, Sendable, Hashable, CaseIterable { case send, receive }

extension Term {
    /// The attributes this term mentions, in the order of mention.
    public var attributes: [(id: ResourceID, attribute: Attribute)] {
        switch self {
        case .literal: []
        case .attribute(let id, let attribute): [(id, attribute)]
        case .joined(let parts): parts.flatMap(\.attributes)
        }
    }
}

/// A setting of a service: its name and where its value comes from.
public struct Variable: Sendable, Hashable {
    public let name: String
    public let value: Value

    public enum Value: Sendable, Hashable {
        case plain(Term)
        case secret(SecretReference)

        public var isSecret: Bool {
            switch self {
            case .plain: false
            case .secret: true
            }
        }
    }

    public init(name: String, value: Value) {
        self.name = name
        self.value = value
    }
}

/// Where a secret lives; the value itself never enters the graph.
public struct SecretReference: Sendable, Hashable {
    public let store: ResourceID
    public let secret: SecretNode

    public init(store: ResourceID, secret: SecretNode) {
        self.store = store
        self.secret = secret
    }
}

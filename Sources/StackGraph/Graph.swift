/// A whole stack as data: what should exist, and nothing about how to make it so.
///
/// A graph that came from lowering a stack is sound: names are unique, references resolve, and there is no cycle.
public struct Graph: Sendable, Hashable {
    /// The name of the stack, its stage included: `lightening-dev`.
    public let name: String
    /// The version of the programs that the stack runs: `1.4.0`.
    public let version: String
    /// How much of a region may fail before the stack does.
    public let redundancy: Redundancy
    /// The resources, sorted by identity.
    public let nodes: [Node]

    public init(name: String, version: String = "0.0.0", redundancy: Redundancy = .singleZone, nodes: [Node]) {
        self.name = name
        self.version = version
        self.redundancy = redundancy
        self.nodes = nodes.sorted { $0.id < $1.id }
    }

    /// The node with this identity, found by binary search.
    public subscript(id: ResourceID) -> Node? {
        var range = nodes.startIndex..<nodes.endIndex
        while let middle = range.isEmpty ? nil : range.lowerBound + range.count / 2 {
            if nodes[middle].id == id { return nodes[middle] }
            range = nodes[middle].id < id ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }
}

/// How much of a region may fail before a stack does.
public enum Redundancy: Sendable, Hashable {
    case singleZone
    /// Resources are spread over the zones of their region wherever Azure lets them.
    ///
    /// Source: learn.microsoft.com/azure/reliability/availability-zones-overview
    case zones
}

/// One resource: an identity and a kind.
///
/// Interpretations switch over ``kind`` without a `default`, so a new kind does not compile until each handles it.
public struct Node: Sendable, Hashable {
    public let id: ResourceID
    public let kind: Kind
    /// Whether no deployment may delete or replace it; it is the same to every target otherwise.
    public let isProtected: Bool

    public enum Kind: Sendable, Hashable {
        case cache
        case containerApp(ContainerAppNode)
        case database(DatabaseNode)
        case functionApp(FunctionAppNode)
        case modelDeployment(ModelNode)
        case queue(QueueNode)
        case registry
        case secretStore(SecretStoreNode)
        case storage(StorageNode)
        case subscription(SubscriptionNode)
        case telemetry(TelemetryNode)
        case topic(TopicNode)
    }

    public init(id: ResourceID, kind: Kind, isProtected: Bool = false) {
        self.id = id
        self.kind = kind
        self.isProtected = isProtected
    }

    /// The program that this node runs, where it runs one.
    public var service: ServiceNode? {
        switch kind {
        case .containerApp(let app): app.service
        case .functionApp(let app): app.service
        case .cache, .database, .modelDeployment, .queue, .registry, .secretStore, .storage, .subscription, .telemetry,
            .topic:
            nil
        }
    }
}

/// The name of a resource, unique in its stack.
public struct ResourceID: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let name: String

    public init(_ name: String) {
        self.name = name
    }

    public var description: String { name }
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.name < rhs.name }
}

import StackGraph

/// A stack as a picture shows it: a box for each resource and a line for each need.
///
/// The walk over the graph is written here once; each format only draws what it finds.
struct Diagram: Sendable, Hashable {
    let title: String
    let boxes: [Box]
    let edges: [Edge]

    /// One resource.
    struct Box: Sendable, Hashable {
        let name: String
        let kind: String
        let group: Group
    }

    /// Kinds that look alike, because they play the same part in a stack.
    enum Group: String, Sendable, Hashable, CaseIterable { case compute, messaging, data, secrets, models, operations }

    /// One resource's need of another, both as positions in ``boxes``.
    struct Edge: Sendable, Hashable {
        let user: Int
        let target: Int
        /// What the user does with the target; never empty.
        let purposes: [String]
    }

    /// Lines to resources that the graph does not hold are left out; a lowered stack has none.
    init(_ graph: Graph) {
        let positions = Dictionary(graph.nodes.indices.map { (graph.nodes[$0].id, $0) }) { first, _ in first }
        self.title = graph.name
        self.boxes = graph.nodes.map { Box(name: $0.id.name, kind: $0.kind.words, group: $0.kind.group) }
        self.edges = graph.nodes.indices.flatMap { user in
            let node = graph.nodes[user]
            let references = Dictionary(grouping: node.references, by: \.target)
            return node.dependencies.compactMap { id -> Edge? in
                guard let target = positions[id] else { return nil }
                let purposes = node.purposes(of: references[id] ?? [], to: graph.nodes[target].kind)
                return Edge(user: user, target: target, purposes: purposes)
            }
        }
    }
}

extension Node {
    /// What one line stands for: what its references grant, or else the fact that they mention.
    ///
    /// A plain fact beside a grant is left out: who sends to a queue knows its name.
    fileprivate func purposes(of references: [Reference], to target: Kind) -> [String] {
        let granted = references.compactMap { reference in reference.role.map { $0.words(for: reference.part) } }
        guard granted.isEmpty else { return granted }
        if case .subscription = kind { return ["subscribes"] }
        return [target.fact]
    }
}

extension Node.Kind {
    fileprivate var words: String {
        switch self {
        case .cache: "cache"
        case .containerApp(let app): app.port == nil ? "worker" : "web container"
        case .database: "document database"
        case .functionApp: "function app"
        case .modelDeployment: "language model"
        case .queue: "queue"
        case .registry: "container registry"
        case .secretStore: "secret store"
        case .storage: "storage account"
        case .subscription: "subscription"
        case .telemetry: "telemetry"
        case .topic: "topic"
        }
    }

    fileprivate var group: Diagram.Group {
        switch self {
        case .containerApp, .functionApp: .compute
        case .queue, .subscription, .topic: .messaging
        case .cache, .database, .storage: .data
        case .secretStore: .secrets
        case .modelDeployment: .models
        case .registry, .telemetry: .operations
        }
    }

    /// What a resource knows of one of this kind without being granted anything.
    fileprivate var fact: String {
        switch self {
        case .containerApp, .functionApp: "knows address"
        case .cache, .database, .modelDeployment, .queue, .registry, .secretStore, .storage, .subscription, .telemetry,
            .topic:
            "knows name"
        }
    }
}

extension Role {
    fileprivate func words(for part: String?) -> String {
        switch self {
        case .hostFunctions: "keeps host state"
        case .pullImages: "pulls images"
        case .readBlobs: "reads blobs"
        case .readDocuments: "reads documents"
        case .readSecret: "reads secret" + (part.map { " \($0)" } ?? "s")
        case .readTables: "reads tables"
        case .receiveMessages: "receives"
        case .sendMessages: "sends"
        case .useCache: "uses cache"
        case .useModel: "uses model"
        case .writeBlobs: "writes blobs"
        case .writeDocuments: "writes documents"
        case .writeTables: "writes tables"
        case .writeTelemetry: "writes telemetry"
        }
    }
}

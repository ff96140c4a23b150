import StackGraph

/// A stack as a project of Docker Compose: every file is a view of it.
struct ComposeProject {
    let graph: Graph
    /// In the order of their names.
    let apps: [ComposeApp]
    let appsByID: [ResourceID: ComposeApp]
    let settings: [ResourceID: [ComposeSetting]]
    let secrets: [ComposeSecret]
    /// The variables of published ports, and their usual values.
    let ports: [ResourceID: (variable: String, number: Int)]
    /// The stores that apps use, in the order of their names.
    let stores: [ResourceID]
    let caches: [ResourceID]
    /// The service that stands in for Service Bus, where the stack has a queue or topic.
    let broker: String?

    static let brokerFile = "broker.json"

    init(_ graph: Graph) {
        self.graph = graph
        apps = graph.nodes.compactMap { ComposeApp($0, version: graph.version) }
        appsByID = Dictionary(apps.map { ($0.id, $0) }) { first, _ in first }
        let kinds = Dictionary(graph.nodes.map { ($0.id, $0.kind) }) { first, _ in first }
        caches = graph.nodes.filter { if case .cache = $0.kind { true } else { false } }.map(\.id)
        stores = Set(apps.flatMap(\.stores)).filter { kinds[$0] != nil }.sorted()
        ports = Self.ports(of: apps)
        let names = Set((apps.map(\.id) + caches + stores).map { $0.name.lowercased() })
        broker = graph.nodes.contains { $0.kind.isOnBus } ? "broker".unlike(names, separator: "-") : nil
        let vaulted = Set(graph.nodes.flatMap(\.secretNames))
        let taken = vaulted.union(apps.flatMap { $0.service.contract.filter(\.isSecret).map(\.name) })
        let key = BrokerProgram.keyVariable.unlike(taken, separator: "_")
        let connection = "SERVICEBUS_CONNECTION".unlike(taken, separator: "_")
        let meanings = ComposeMeanings(
            apps: appsByID,
            connection: connection,
            vaulted: vaulted,
            reserved: Set(ports.values.map(\.variable) + ComposeEnvironmentFile.ownVariables)
        )
        settings = Dictionary(apps.map { ($0.id, meanings.settings(of: $0)) }) { first, _ in first }
        secrets = ComposeSecret.all(
            in: graph,
            apps: apps,
            settings: settings,
            broker: broker.map { (service: $0, key: key, connection: connection) }
        )
    }

    /// Ports of the host by resource, none twice: a wish that is taken moves to the next free number.
    private static func ports(of apps: [ComposeApp]) -> [ResourceID: (variable: String, number: Int)] {
        var numbers: Set<Int> = []
        // Where to look on, so that thousands of one wish are no work.
        var candidates: [Int: Int] = [:]
        var names: Set<String> = []
        return apps.filter(\.isPublished).reduce(into: [:]) { ports, app in
            var number = candidates[app.port] ?? app.port
            while !numbers.insert(number).inserted { number += 1 }
            candidates[app.port] = number + 1
            let stem = app.id.name.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
            let name = (stem.first?.isNumber == true ? "_" : "") + String(stem) + "_PORT"
            let variable = name.unlike(names, separator: "_")
            names.insert(variable)
            ports[app.id] = (variable, number)
        }
    }
}

extension Node {
    fileprivate var secretNames: [String] {
        if case .secretStore(let store) = kind { store.secrets.map(\.name) } else { [] }
    }
}

extension Node.Kind {
    fileprivate var isOnBus: Bool {
        switch self {
        case .queue, .subscription, .topic: true
        case .cache, .containerApp, .database, .functionApp, .modelDeployment, .registry, .secretStore, .storage,
            .telemetry:
            false
        }
    }
}

import StackGraph

/// Which port each app gets on this machine.
enum LocalPorts {
    /// Where the Azure Functions Core Tools listen, so that existing clients find the app.
    private static let functionApps = 7071
    private static let workers = 8100

    /// Ports by resource, none twice: a wish that is taken moves to the next free number.
    static func assigned(to graph: Graph, offset: Int, besides broker: Int) -> [ResourceID: Int] {
        var taken: Set<Int> = [broker]
        var ports: [ResourceID: Int] = [:]
        for node in graph.nodes {
            guard let wish = wish(of: node) else { continue }
            var port = wish + offset
            while !taken.insert(port).inserted { port += 1 }
            ports[node.id] = port
        }
        return ports
    }

    private static func wish(of node: Node) -> Int? {
        switch node.kind {
        case .functionApp: functionApps
        case .containerApp(let app): app.port ?? workers
        case .cache, .database, .modelDeployment, .queue, .registry, .secretStore, .storage, .subscription, .telemetry,
            .topic:
            nil
        }
    }
}

// What a stack agrees on where all of it runs on one machine.

/// Which port each app gets on a machine that they share.
public enum MachinePorts {
    /// Where the Azure Functions Core Tools listen, so that existing clients find the app.
    public static let functionApps = 7071
    private static let workers = 8100

    /// Ports by resource, none twice: a wish that is taken moves to the next free number.
    public static func assigned(to graph: Graph, offset: Int, besides broker: Int) -> [ResourceID: Int] {
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

/// The message broker that stands in for Azure Service Bus where there is none: what its users call it by.
public enum BrokerProgram {
    /// The program that it is a part of.
    public static let executable = "infra"
    /// The number that Microsoft's own emulator uses for HTTP.
    public static let port = 5300
    public static let keyName = "RootManageSharedAccessKey"
    /// The environment variable that the broker reads its key from.
    public static let keyVariable = "SERVICEBUS_EMULATOR_KEY"

    /// The connection string of a broker, for a key or for what will be replaced by one.
    public static func connection(
        host: String = "127.0.0.1",
        port: Int = port,
        keyName: String = keyName,
        key: String
    ) -> String {
        "Endpoint=sb://\(host):\(port);SharedAccessKeyName=\(keyName);SharedAccessKey=\(key);"
            + "UseDevelopmentEmulator=true"
    }
}

/// What an app that scales to zero is told where it is started on demand.
public enum ScaleToZero {
    /// The environment variable with the seconds that it goes on when nobody is connected.
    public static let variable = "IDLE_EXIT_SECONDS"
    /// As long as Azure Container Apps waits.
    ///
    /// Source: learn.microsoft.com/azure/container-apps/scale-app#scale-behavior, "Cool down period"
    public static let seconds = 300
}

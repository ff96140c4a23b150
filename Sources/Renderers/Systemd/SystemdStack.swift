import StackGraph

/// A stack as the units of one machine: who runs, with which settings, and what waits for what.
struct SystemdStack {
    let name: String
    let graph: Graph
    /// The broker's unit, where the stack has queues or topics.
    let broker: String?
    let brokerPort: Int
    let services: [SystemdService]

    /// The port of everything moves by the offset, so that two stacks can live on one machine.
    init(_ graph: Graph, portOffset: Int) {
        self.name = graph.name
        self.graph = graph
        let brokerPort = BrokerProgram.port + portOffset
        self.brokerPort = brokerPort
        let ports = MachinePorts.assigned(to: graph, offset: portOffset, besides: brokerPort)
        let apps = Dictionary(
            graph.nodes.compactMap { node in
                SystemdApp(node, port: ports[node.id]).map { (node.id, $0) }
            }
        ) { first, _ in first }
        let broker = Self.brokerName(in: graph).map { "\(graph.name)-\($0)" }
        self.broker = broker
        self.services = graph.nodes.compactMap { node in
            apps[node.id].map { SystemdService($0, node, stack: graph.name, broker: broker, apps: apps) }
        }
    }

    /// A word that no app of the stack has taken as its name.
    private static func brokerName(in graph: Graph) -> String? {
        let isNeeded = graph.nodes.contains { node in
            switch node.kind {
            case .queue, .topic: true
            case .cache, .containerApp, .database, .functionApp, .modelDeployment, .registry, .secretStore, .storage,
                .subscription, .telemetry:
                false
            }
        }
        var name = "broker"
        while graph[ResourceID(name)] != nil { name += "-service" }
        return isNeeded ? name : nil
    }

    var target: String { "\(name).target" }

    /// Hyphens in the name of a slice make it part of another one, which no stack is; no stack has a dot in its name.
    ///
    /// Source: freedesktop.org/software/systemd/man/systemd.slice.html
    var slice: String { name.split(separator: "-", omittingEmptySubsequences: false).joined(separator: ".") + ".slice" }

    /// Every program that the units start, each once.
    var programs: [String] {
        Set(services.map(\.app.service.executable) + (broker == nil ? [] : ["infra"])).sorted()
    }

    /// The stores that more than one service opens; who opens one must be the same user as the others.
    var sharedStores: Set<ResourceID> {
        var users: [ResourceID: Int] = [:]
        for store in services.flatMap(\.stores) { users[store, default: 0] += 1 }
        return Set(users.filter { $0.value > 1 }.keys)
    }
}

/// What an app is before its settings are known.
struct SystemdApp {
    let id: ResourceID
    let service: ServiceNode
    let port: Int
    let limits: SystemdLimits
    /// Whether it is started by the first request and leaves when nobody is connected.
    let isActivated: Bool

    /// The app of a node; `nil` where the node runs no program.
    init?(_ node: Node, port: Int?) {
        guard let port else { return nil }
        switch node.kind {
        case .containerApp(let app):
            service = app.service
            limits = SystemdLimits(app.size)
            isActivated =
                app.replicas.lowerBound == 0
                && app.triggers.contains { if case .http = $0 { true } else { false } }
        case .functionApp(let app):
            service = app.service
            limits = .functionApp
            isActivated = false
        case .cache, .database, .modelDeployment, .queue, .registry, .secretStore, .storage, .subscription, .telemetry,
            .topic:
            return nil
        }
        self.id = node.id
        self.port = port
    }

    func unit(of stack: String, _ suffix: String) -> String { "\(stack)-\(id).\(suffix)" }

    /// All its units.
    func units(of stack: String) -> [String] {
        [unit(of: stack, "service")] + (isActivated ? [unit(of: stack, "socket")] : [])
    }
}

/// What a process may use at most.
struct SystemdLimits {
    let memoryMiB: Int
    let cpuPercent: Int
    /// Threads; a service needs a few for each processor, and this many stop a leak.
    var tasks = 256

    init(memoryMiB: Int, cpuPercent: Int) {
        self.memoryMiB = memoryMiB
        self.cpuPercent = cpuPercent
    }

    init(_ size: ContainerSize) {
        self.init(memoryMiB: size.rawValue * 512, cpuPercent: size.rawValue * 25)
    }

    /// The default size of an instance.
    ///
    /// Source: learn.microsoft.com/azure/azure-functions/flex-consumption-plan#instance-sizes
    static let functionApp = SystemdLimits(memoryMiB: 2048, cpuPercent: 100)
    static let broker = SystemdLimits(memoryMiB: 1024, cpuPercent: 100)
}

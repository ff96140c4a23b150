import Settings
public import StackGraph

extension LocalPlan {
    /// The name of the broker's process; no resource can have it, because it is no node.
    public static let brokerName = "broker"

    /// Turns a graph into processes.
    ///
    /// - Throws: ``LocalPlanError`` with every required secret that is missing and cannot be made up.
    public init(_ graph: Graph, in context: LocalContext) throws(LocalPlanError) {
        let planner = LocalPlanner(graph: graph, context: context)
        let apps = graph.startOrder.compactMap { id in graph[id].flatMap { planner.app($0) } }
        let missing = apps.flatMap(planner.missingSecrets)
        guard missing.isEmpty else {
            throw LocalPlanError(missingSecrets: Array(Set(missing)).sorted())
        }
        let processes = apps.map(planner.process)
        self.init(
            stack: graph.name,
            processes: (planner.needsBroker(processes) ? [planner.broker] : []) + processes,
            notes: apps.flatMap(planner.notes) + apps.compactMap(planner.sleeplessNote) + planner.standInNotes,
            secrets: Set(apps.flatMap(planner.secrets) + [context.broker.key])
        )
    }
}

/// The steps from one graph to one plan.
private struct LocalPlanner {
    let graph: Graph
    let context: LocalContext
    let ports: [ResourceID: Int]

    struct App {
        let id: ResourceID
        let service: ServiceNode
        /// What wakes it when it may sleep; empty for an app that always runs.
        var triggers: [Trigger] = []
    }

    init(graph: Graph, context: LocalContext) {
        self.graph = graph
        self.context = context
        self.ports = MachinePorts.assigned(to: graph, offset: context.portOffset, besides: context.broker.port)
    }

    func app(_ node: Node) -> App? {
        switch node.kind {
        case .functionApp(let app):
            return App(id: node.id, service: app.service)
        case .containerApp(let app):
            let sleeps = context.sleepAfter != nil && app.replicas.lowerBound == 0
            return App(id: node.id, service: app.service, triggers: sleeps ? app.triggers : [])
        case .cache, .database, .modelDeployment, .queue, .registry, .secretStore, .storage, .subscription, .telemetry,
            .topic:
            return nil
        }
    }

    // MARK: Processes

    var broker: ProcessPlan {
        ProcessPlan(
            name: LocalPlan.brokerName,
            executable: context.broker.executable,
            arguments: context.broker.arguments,
            environment: context.broker.environment,
            port: context.broker.port,
            waitsFor: [],
            examples: [],
            needsToken: false
        )
    }

    func process(_ app: App) -> ProcessPlan {
        let environment = environment(of: app)
        var plan = ProcessPlan(
            name: app.id.name,
            executable: app.service.executable,
            arguments: app.service.arguments,
            environment: environment,
            port: ports[app.id] ?? 0,
            waitsFor: waitsFor(app),
            examples: app.service.examples,
            needsToken: environment["JWT_SIGNING_KEY"] != nil
        )
        plan.sleep = sleep(of: app)
        return plan
    }

    /// The other processes that this one mentions, the broker first when it uses the bus.
    private func waitsFor(_ app: App) -> [String] {
        let dependencies = graph[app.id]?.dependencies ?? []
        let apps = dependencies.filter { ports[$0] != nil }.map(\.name)
        return (usesBroker(app) ? [LocalPlan.brokerName] : []) + apps
    }

    /// Whether a setting of the app leads to the local broker, and not to a bus of the user's own.
    private func usesBroker(_ app: App) -> Bool {
        let busSettings = app.service.environment.filter { variable in
            guard case .plain(let term) = variable.value else { return false }
            return term.attributes.contains { if case .bus = $0.attribute { true } else { false } }
        }
        return busSettings.contains { context.overrides[$0.name] == nil }
    }

    func needsBroker(_ processes: [ProcessPlan]) -> Bool {
        processes.contains { $0.waitsFor.contains(LocalPlan.brokerName) }
    }

    // MARK: Sleep

    private func sleep(of app: App) -> SleepPlan? {
        guard let patience = context.sleepAfter else { return nil }
        let listens = app.triggers.contains { if case .http = $0 { true } else { false } }
        // Only the broker of this machine tells anybody how many messages wait.
        let queues = usesBroker(app) ? backlogs(of: app) : []
        guard listens || !queues.isEmpty else { return nil }
        return SleepPlan(listens: listens, queues: queues, patience: patience)
    }

    private func backlogs(of app: App) -> [String] {
        app.triggers.compactMap { trigger in
            if case .backlog(let source, _) = trigger { graph[source].flatMap(path) } else { nil }
        }
    }

    private func path(of node: Node) -> String? {
        switch node.kind {
        case .queue: node.id.name
        case .subscription(let subscription): "\(subscription.topic)/subscriptions/\(node.id)"
        case .cache, .containerApp, .database, .functionApp, .modelDeployment, .registry, .secretStore, .storage,
            .telemetry, .topic:
            nil
        }
    }

    /// Says why an app stays awake that should sleep.
    func sleeplessNote(_ app: App) -> LocalPlan.Note? {
        guard !backlogs(of: app).isEmpty, !usesBroker(app) else { return nil }
        return LocalPlan.Note(subject: app.id.name, text: "messages on a bus of your own do not wake it")
    }

    // MARK: Settings

    /// The user's environment wins, then the stack; what the host decides is added last.
    private func environment(of app: App) -> [String: SecretValue] {
        var values: [String: SecretValue] = [:]
        for variable in app.service.environment { values[variable.name] = value(of: variable) }
        let known = Set(app.service.contract.map(\.name))
        for name in known { if let override = context.overrides[name] { values[name] = SecretValue(override) } }
        let host = [
            "PORT": ports[app.id].map(String.init), "HOST": "127.0.0.1",
            "DATA_DIRECTORY": "\(context.dataDirectory)/\(app.id)",
        ]
        for (name, text) in host where known.contains(name) { values[name] = text.map { SecretValue($0) } }
        if let sleep = sleep(of: app), sleep.listens {
            values[ScaleToZero.variable] = SecretValue(String(sleep.patience.components.seconds))
        }
        return values
    }

    private func value(of variable: Variable) -> SecretValue? {
        switch variable.value {
        case .plain(let term): text(of: term).map { SecretValue($0) }
        case .secret(let reference): secret(reference)
        }
    }

    private func secret(_ reference: SecretReference) -> SecretValue? {
        if let given = context.overrides[reference.secret.name] { return SecretValue(given) }
        return switch reference.secret.origin {
        case .generated: context.generatedSecrets[reference.secret.name]
        case .provided: nil
        }
    }

    /// The secrets among the settings of an app, by what the stack injects and by what its contract calls secret.
    func secrets(_ app: App) -> [SecretValue] {
        let injected = app.service.environment.compactMap { variable -> String? in
            if case .secret = variable.value { variable.name } else { nil }
        }
        let declared = app.service.contract.filter(\.isSecret).map(\.name)
        let environment = environment(of: app)
        return Set(injected + declared).compactMap { environment[$0] }
    }

    /// What a term means on this machine; `nil` where the machine has nothing of the kind.
    private func text(of term: Term) -> String? {
        switch term {
        case .literal(let text): return text
        case .attribute(let id, let attribute): return text(of: attribute, of: id)
        case .joined(let parts):
            let texts = parts.map { text(of: $0) }
            return texts.contains(nil) ? nil : texts.compactMap(\.self).joined()
        }
    }

    private func text(of attribute: Term.Attribute, of id: ResourceID) -> String? {
        switch attribute {
        case .bus:
            BrokerProgram.connection(
                port: context.broker.port,
                keyName: context.broker.keyName,
                key: context.broker.key.unsafeRevealed
            )
        case .busEntity: id.name
        case .hostname: ports[id].map { "127.0.0.1:\($0)" }
        case .url: ports[id].map { "http://127.0.0.1:\($0)" }
        case .blobs, .tables, .database: "\(context.dataDirectory)/\(id)"
        case .cache, .modelEndpoint, .modelDeployment, .telemetry: nil
        }
    }

    // MARK: Problems and notes

    func missingSecrets(_ app: App) -> [String] {
        app.service.contract.compactMap { setting in
            guard setting.isRequired,
                let variable = app.service.environment.first(where: { $0.name == setting.name }),
                case .secret(let reference) = variable.value, secret(reference) == nil,
                context.overrides[setting.name] == nil
            else { return nil }
            return reference.secret.name
        }
    }

    func notes(_ app: App) -> [LocalPlan.Note] {
        let environment = environment(of: app)
        return app.service.contract.compactMap { setting in
            guard let fallback = setting.fallback, environment[setting.name] == nil,
                fallback.alternatives.allSatisfy({ environment[$0] == nil })
            else { return nil }
            return LocalPlan.Note(subject: app.id.name, text: "no \(setting.name): \(fallback.consequence)")
        }
    }

    /// What the graph has and this machine does without.
    var standInNotes: [LocalPlan.Note] {
        graph.nodes.compactMap { node in
            let text: String? =
                switch node.kind {
                case .cache:
                    context.overrides["REDIS_URL"] == nil ? "in memory here; set REDIS_URL to use a Redis" : nil
                case .modelDeployment: "not run here; set OPENAI_API_KEY or OPENAI_BASE_URL for a model"
                case .containerApp, .database, .functionApp, .queue, .registry, .secretStore, .storage, .subscription,
                    .telemetry, .topic:
                    nil
                }
            return text.map { LocalPlan.Note(subject: node.id.name, text: $0) }
        }
    }
}

package import StackGraph

extension ARMTemplate {
    /// Turns a stack into the resources that Azure needs for it.
    package init(_ graph: Graph) {
        var lowering = AzureLowering(graph)
        lowering.addAll()
        self = lowering.template
    }
}

/// The steps from a graph to a template.
struct AzureLowering {
    let graph: Graph
    /// Where logs and metrics go; `nil` where the stack has no telemetry.
    let workspace: ResourceID?
    let deadLetterTargets: [ResourceID: ResourceID]
    /// The containers for the packages of function apps, by storage account.
    let packageContainers: [ResourceID: [String]]
    private(set) var template: ARMTemplate
    private var symbols = SymbolTable()
    private var outputs = SymbolTable()
    /// What the template has so far.
    private var added: Set<Symbol> = []

    init(_ graph: Graph) {
        self.graph = graph
        self.workspace = graph.nodes.first { if case .telemetry = $0.kind { true } else { false } }?.id
        self.deadLetterTargets = graph.deadLetterTargets
        self.packageContainers = graph.packageContainers
        self.template = ARMTemplate(stack: graph.name)
        // These names are written down in more than one place, so no resource of the stack may take them.
        for words in ["location", "suffix", "tags", "service bus", "service bus host", "container environment"] {
            _ = symbols.name(words.split(separator: " ").map(String.init))
        }
    }

    mutating func addAll() {
        let nodes = graph.startOrder.compactMap { graph[$0] }
        for node in nodes where node.isTelemetry { add(node) }
        if nodes.contains(where: \.isOnBus) { addNamespace() }
        if nodes.contains(where: \.isContainer) { addContainerEnvironment() }
        for node in nodes where !node.isTelemetry { add(node) }
        addLimits()
    }

    private mutating func add(_ node: Node) {
        switch node.kind {
        case .cache: addCache(node.id)
        case .containerApp(let app): addContainerApp(app, node.id)
        case .database(let database): addDatabase(database, node.id)
        case .functionApp(let app): addFunctionApp(app, node.id)
        case .modelDeployment(let model): addModel(model, node.id)
        case .queue(let queue): addQueue(queue, node.id)
        case .registry: addRegistry(node.id)
        case .secretStore(let store): addVault(store, node.id)
        case .storage(let storage): addStorage(storage, node.id)
        case .subscription(let subscription): addSubscription(subscription, node.id)
        case .telemetry(let telemetry): addTelemetry(telemetry, node.id)
        case .topic(let topic): addTopic(topic, node.id)
        }
    }

    // MARK: What the parts share

    mutating func symbol(_ words: String...) -> Symbol { Symbol(name: symbols.name(words)) }

    /// The symbol of a resource of the stack.
    mutating func symbol(_ id: ResourceID) -> Symbol { symbol(id.name) }

    /// Adds a resource, once.
    @discardableResult
    mutating func add(_ resource: ARMResource) -> Symbol {
        if added.insert(resource.symbol).inserted {
            var resource = resource
            resource.isProtected = isProtected(resource)
            template.resources.append(resource)
        }
        return resource.symbol
    }

    /// Where its logs go is nothing that a resource could lose.
    private func isProtected(_ resource: ARMResource) -> Bool {
        guard resource.type != .diagnostics, let node = resource.node else { return false }
        return graph[node]?.isProtected ?? false
    }

    /// Adds the parameter for a secret, once.
    ///
    /// - Returns: The parameter's value.
    mutating func addParameter(for secret: SecretNode) -> ARMValue {
        let symbol = symbol("", secret.name)
        if added.insert(symbol).inserted {
            template.parameters.append(
                ARMParameter(
                    name: symbol.name,
                    description: "The secret \(secret.name).",
                    kind: .secret(environment: secret.name)
                )
            )
        }
        return .parameter(symbol.name)
    }

    /// Adds the parameter for an image, once.
    ///
    /// - Returns: The parameter's value.
    mutating func addParameter(for image: ImageNode) -> ARMValue {
        let others = template.parameters.filter { $0.kind != .image(image) }.map(\.name)
        let plain = symbol("", image.repository, "image")
        let symbol = others.contains(plain.name) ? symbol("", image.repository, image.tag, "image") : plain
        if added.insert(symbol).inserted {
            template.parameters.append(
                ARMParameter(
                    name: symbol.name,
                    description: "The image \(image.repository), with its tag or digest.",
                    kind: .image(image)
                )
            )
        }
        return .parameter(symbol.name)
    }

    mutating func addVariable(_ variable: ARMVariable) {
        let symbol = Symbol(name: variable.name)
        if added.insert(symbol).inserted { template.variables.append(variable) }
    }

    mutating func addOutput(_ words: String..., description: String, value: ARMValue) {
        template.outputs.append(ARMOutput(name: outputs.name(words), description: description, value: value))
    }

    mutating func lose(_ resource: ResourceID?, _ loss: String, remedy: String) {
        template.losses.append(ARMLoss(resource: resource, loss: loss, remedy: remedy))
    }

    /// A name that is unique in all of Azure.
    mutating func globalName(_ start: String) -> ARMValue {
        addParameter(
            "suffix",
            description: "Ends the names that must be unique in all of Azure.",
            default: .call(.uniqueString, [.call(.resourceGroup, property: ["id"])]),
            length: NamingRule.suffixLength...NamingRule.suffixLength
        )
        return .joined([.string(start.lowercased()), .parameter("suffix")])
    }

    /// Adds a parameter with a default, once.
    private mutating func addParameter(
        _ name: String,
        description: String,
        default value: ARMValue,
        length: ClosedRange<Int>? = nil
    ) {
        guard added.insert(Symbol(name: name)).inserted else { return }
        template.parameters.append(
            ARMParameter(name: name, description: description, kind: .text(default: value, length: length))
        )
    }

    var location: ARMMember {
        mutating get {
            let here = ARMValue.call(.resourceGroup, property: ["location"])
            addParameter("location", description: "The region of every resource.", default: here)
            return ARMMember("location", .parameter("location"))
        }
    }

    var tags: ARMMember {
        mutating get {
            let tags = ARMVariable(name: "tags", value: .fields(["slipway-stack": .string(graph.name)]))
            addVariable(tags)
            return ARMMember("tags", .variable(tags))
        }
    }

    var isZoneRedundant: Bool {
        switch graph.redundancy {
        case .singleZone: false
        case .zones: true
        }
    }

    /// Sends what a resource logs, and its metrics, to the workspace of the stack.
    mutating func addDiagnostics(of target: Symbol, logs: String?, metrics: String = "AllMetrics", node: ResourceID?) {
        guard let workspace else { return }
        let settings = ARMValue.fields([
            "workspaceId": symbol(workspace).id,
            "logs": logs.map { [.fields(["categoryGroup": .string($0), "enabled": true])] },
            "metrics": [.fields(["category": .string(metrics), "enabled": true])],
        ])
        add(
            ARMResource(
                symbol: symbol(target.name, "diagnostics"),
                type: .diagnostics,
                node: node,
                scope: .resource(target),
                name: "workspace",
                body: [ARMMember("properties", settings)]
            )
        )
    }
}

extension AzureLowering {
    /// How much one template may hold.
    ///
    /// Source: learn.microsoft.com/azure/azure-resource-manager/templates/best-practices#template-limits
    private mutating func addLimits() {
        let counts = [
            ("resources", template.resources.count { !$0.isExisting }, 800),
            ("parameters", template.parameters.count, 256),
            ("outputs", template.outputs.count, 64),
        ]
        for (things, count, limit) in counts where count > limit {
            lose(
                nil,
                "has \(count) \(things), and one template takes \(limit)",
                remedy: "Split the stack into several."
            )
        }
    }
}

extension Node {
    fileprivate var isTelemetry: Bool { if case .telemetry = kind { true } else { false } }
    fileprivate var isContainer: Bool { if case .containerApp = kind { true } else { false } }
    fileprivate var isOnBus: Bool {
        switch kind {
        case .queue, .subscription, .topic: true
        case .cache, .containerApp, .database, .functionApp, .modelDeployment, .registry, .secretStore, .storage,
            .telemetry:
            false
        }
    }
}

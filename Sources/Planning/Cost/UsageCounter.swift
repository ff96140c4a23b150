import StackGraph

/// Counts how much of each meter the resources of a stack use in a month.
///
/// The sizes are those that the Azure templates of a stack ask for.
struct UsageCounter {
    let graph: Graph
    let usage: Usage

    struct Count {
        let subject: CostEstimate.Subject
        /// Whether it costs something though nobody uses the stack, and for more than what it stores.
        var isAlwaysOn = false
        var uses: [Use] = []
        var unpriced: [String] = []
    }

    struct Use {
        let meter: Meter
        let quantity: Double

        init(_ meter: Meter, _ quantity: Double) {
            self.meter = meter
            self.quantity = quantity
        }
    }

    /// The bus first, then every resource that has a price of its own.
    var counts: [Count] {
        let bus = busUse
        return (bus.map { [$0] } ?? []) + graph.nodes.compactMap(count)
    }

    private func count(_ node: Node) -> Count? {
        let subject = CostEstimate.Subject.resource(node.id)
        switch node.kind {
        case .cache: return Count(subject: subject, isAlwaysOn: true, uses: [cache])
        case .containerApp(let app):
            return Count(subject: subject, isAlwaysOn: app.replicas.lowerBound > 0, uses: container(app))
        case .database: return Count(subject: subject, uses: database, unpriced: databaseSurcharge)
        case .functionApp(let app): return functions(app, subject)
        case .modelDeployment(let model):
            return Count(subject: subject, unpriced: ["tokens of \(model.model) \(model.version)"])
        case .queue, .subscription, .topic: return nil
        case .registry: return Count(subject: subject, isAlwaysOn: true, uses: registry)
        case .secretStore: return Count(subject: subject, uses: [Use(.secretOperations, usage.secretReads)])
        case .storage(let storage): return self.storage(storage, subject)
        case .telemetry: return Count(subject: subject, uses: [Use(.logs, usage.logGB)])
        }
    }

    // MARK: Programs

    private func container(_ app: ContainerAppNode) -> [Use] {
        let cores = Double(app.size.rawValue) / 4
        let memory = cores * 2
        let time = ReplicaTime(app, usage)
        return [
            Use(.containerProcessorActive, time.active * cores),
            Use(.containerMemoryActive, time.active * memory),
            Use(.containerProcessorIdle, time.idle * cores),
            Use(.containerMemoryIdle, time.idle * memory),
            Use(.containerRequests, app.port == nil ? 0 : usage.requests),
        ]
    }

    /// Memory of an instance.
    private static let functionGB = 0.5
    /// A shorter run is billed as one of this length.
    ///
    /// Source: learn.microsoft.com/azure/azure-functions/flex-consumption-plan#billing
    private static let leastFunctionSeconds = 1.0

    private func functions(_ app: FunctionAppNode, _ subject: CostEstimate.Subject) -> Count {
        var count = Count(subject: subject)
        var executions = 0.0
        var seconds = 0.0
        for function in app.functions {
            let (runs, length): (Double, Double)
            switch function.trigger {
            case .http: (runs, length) = (usage.requests, usage.secondsPerRequest)
            case .messages: (runs, length) = (usage.messages, usage.secondsPerMessage)
            case .timer(let schedule, runsOnStartup: _):
                guard let known = TimerRuns.perMonth(schedule) else {
                    count.unpriced.append("runs of \(function.name) at '\(schedule)'")
                    continue
                }
                (runs, length) = (known, Self.leastFunctionSeconds)
            }
            executions += runs
            seconds += runs * max(length, Self.leastFunctionSeconds)
        }
        count.uses = [Use(.functionTime, seconds * Self.functionGB), Use(.functionExecutions, executions)]
        return count
    }

    // MARK: The bus

    /// A message is sent, received and completed.
    private static let sendOperations = 1.0
    private static let receiveOperations = 2.0

    /// One namespace for all queues and topics.
    private var busUse: Count? {
        let deadLetters = Set(graph.nodes.flatMap(\.deadLetterQueues))
        var entities: [ResourceID] = []
        var operations = 0.0
        for node in graph.nodes {
            switch node.kind {
            case .queue:
                let count = deadLetters.contains(node.id) ? 0 : usage.messages
                operations += count * (Self.sendOperations + Self.receiveOperations)
            case .topic: operations += usage.messages * Self.sendOperations
            case .subscription: operations += usage.messages * Self.receiveOperations
            case .cache, .containerApp, .database, .functionApp, .modelDeployment, .registry, .secretStore, .storage,
                .telemetry:
                continue
            }
            entities.append(node.id)
        }
        guard !entities.isEmpty else { return nil }
        let base = Use(.busBase, Usage.hoursPerMonth)
        return Count(
            subject: .messageBus(entities),
            isAlwaysOn: true,
            uses: [base, Use(.busOperations, operations)]
        )
    }

    // MARK: Stores

    /// One node, and a second in another zone.
    private var cache: Use {
        let nodes =
            switch graph.redundancy {
            case .singleZone: 1.0
            case .zones: 2.0
            }
        return Use(.cacheNode, nodes * Usage.hoursPerMonth)
    }

    private var database: [Use] {
        [
            Use(.databaseRequestUnits, usage.requestUnits),
            Use(.databaseStorage, usage.storedGB),
        ]
    }

    private var databaseSurcharge: [String] {
        switch graph.redundancy {
        case .singleZone: []
        case .zones: ["what a database pays for being spread over zones"]
        }
    }

    private var registry: [Use] {
        [
            Use(.registryBase, Usage.hoursPerMonth / 24),
            Use(.registryStorage, usage.imageGB),
        ]
    }

    private func storage(_ storage: StorageNode, _ subject: CostEstimate.Subject) -> Count {
        switch graph.redundancy {
        case .zones: return Count(subject: subject, unpriced: ["storage that is spread over zones"])
        case .singleZone:
            let tables = storage.tables.isEmpty ? 0 : usage.storageOperations
            return Count(
                subject: subject,
                uses: [
                    Use(.blobStorage, usage.storedGB),
                    Use(.blobWrites, usage.storageOperations / 2),
                    Use(.blobReads, usage.storageOperations / 2),
                    Use(.tableOperations, tables),
                ]
            )
        }
    }
}

extension Node {
    /// The queues that take what this node gives up on.
    fileprivate var deadLetterQueues: [ResourceID] {
        switch kind {
        case .containerApp(let app): [app.source?.deadLetters].compactMap(\.self)
        case .functionApp(let app):
            app.functions.compactMap { function in
                if case .messages(let source) = function.trigger { source.deadLetters } else { nil }
            }
        case .cache, .database, .modelDeployment, .queue, .registry, .secretStore, .storage, .subscription, .telemetry,
            .topic:
            []
        }
    }
}

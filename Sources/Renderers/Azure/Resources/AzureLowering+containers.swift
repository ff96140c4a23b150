import StackGraph

// Container apps and the environment they share.

extension AzureLowering {
    private var environment: Symbol { Symbol(name: "containerEnvironment") }

    mutating func addContainerEnvironment() {
        let symbol = symbol("container", "environment")
        let logs = ARMValue.fields(["destination": workspace == nil ? "none" : "azure-monitor"])
        let profile = ARMValue.fields(["name": "Consumption", "workloadProfileType": "Consumption"])
        add(
            ARMResource(
                symbol: symbol,
                type: .containerEnvironment,
                node: nil,
                name: .string("\(graph.slug(upTo: 48))-environment"),
                body: [
                    location, tags,
                    ARMMember(
                        "properties",
                        .fields(["appLogsConfiguration": logs, "workloadProfiles": [profile]])
                    ),
                ]
            )
        )
        addDiagnostics(of: symbol, logs: "allLogs", node: nil)
        if isZoneRedundant {
            // Source: learn.microsoft.com/azure/reliability/reliability-azure-container-apps
            lose(
                nil,
                "runs its containers in one zone, because only an environment in a virtual network can span zones",
                remedy: "Create the environment in a network of yours, or accept that replicas restart elsewhere."
            )
        }
    }

    mutating func addContainerApp(_ app: ContainerAppNode, _ id: ResourceID) {
        let references = graph[id]?.references ?? []
        let permissions = addIdentity(of: id, grants: references)
        let identity = identitySymbol(id)
        let settings = containerSettings(app, as: identity)
        let own = add(
            ARMResource(
                symbol: symbol(id),
                type: .containerApp,
                node: id,
                name: .string(id.name),
                body: [
                    location, tags, identityMember(identity),
                    ARMMember(
                        "properties",
                        .fields([
                            "environmentId": environment.id,
                            "workloadProfileName": "Consumption",
                            "configuration": configuration(app, settings, as: identity),
                            "template": .fields([
                                "containers": [container(app, id, settings)],
                                "scale": scale(app, as: identity),
                                "volumes": app.service.keepsData
                                    ? [.fields(["name": "data", "storageType": "EmptyDir"])] : nil,
                            ]),
                        ])
                    ),
                ],
                dependsOn: permissions
            )
        )
        if app.port != nil {
            let address = ARMValue.joined(["https://", hostname(of: id)])
            addOutput(own.name, "url", description: "The address of \(id.name).", value: address)
        }
        if app.service.keepsData {
            lose(
                id,
                "keeps the files of its data directory only as long as a replica lives",
                remedy: "Give it a cache, tables or a database for what must last."
            )
        }
    }

    /// The port on which a container without an address of its own answers health checks.
    private static let workerPort = 8080

    private mutating func containerSettings(_ app: ContainerAppNode, as identity: Symbol) -> [AzureSetting] {
        let settings = settings(of: app.service, as: identity)
        let host =
            [("HOST", "0.0.0.0"), ("PORT", "\(app.port ?? Self.workerPort)")]
            + (app.service.keepsData ? [("DATA_DIRECTORY", "/data")] : [])
        let given = Set(app.service.environment.map(\.name))
        let known = Set(app.service.contract.map(\.name)).subtracting(given)
        return settings
            + host.filter { known.contains($0.0) }.map { AzureSetting($0.0, .string($0.1)) }
    }

    private mutating func configuration(
        _ app: ContainerAppNode,
        _ settings: [AzureSetting],
        as identity: Symbol
    ) -> ARMValue {
        var secrets: [ARMValue] = []
        var seen: Set<SecretReference> = []
        for case .secret(let reference) in settings.map(\.value) where seen.insert(reference).inserted {
            secrets.append(
                .fields([
                    "name": .string(reference.secret.nameInContainer),
                    "identity": identity.id,
                    "keyVaultUrl": secretSymbol(reference.secret, in: reference.store).property("secretUri"),
                ])
            )
        }
        return .fields([
            "activeRevisionsMode": "Single",
            "ingress": app.port.map { port in
                .fields([
                    "external": true, "targetPort": .integer(port), "transport": "auto", "allowInsecure": false,
                ])
            },
            "registries": [
                .fields(["server": symbol(app.image.registry).property("loginServer"), "identity": identity.id])
            ],
            "secrets": secrets.isEmpty ? nil : .array(secrets),
        ])
    }

    private mutating func container(
        _ app: ContainerAppNode,
        _ id: ResourceID,
        _ settings: [AzureSetting]
    ) -> ARMValue {
        let image = ARMValue.joined([
            symbol(app.image.registry).property("loginServer"),
            "/",
            addParameter(for: app.image),
        ])
        let variables = settings.map { setting -> ARMValue in
            switch setting.value {
            case .plain(let value): .fields(["name": .string(setting.name), "value": value])
            case .secret(let reference):
                .fields([
                    "name": .string(setting.name), "secretRef": .string(reference.secret.nameInContainer),
                ])
            }
        }
        return .fields([
            "name": .string(id.name),
            "image": image,
            "args": app.service.arguments.isEmpty ? nil : .array(app.service.arguments.map { .string($0) }),
            "env": .array(variables),
            "resources": .fields([
                "cpu": app.size.rawValue % 4 == 0 ? .integer(app.size.rawValue / 4) : .decimal(app.size.cores),
                "memory": .string("\(app.size.memory)Gi"),
            ]),
            "probes": .array(["Startup", "Liveness", "Readiness"].map { probe($0, port: app.port) }),
            "volumeMounts": app.service.keepsData
                ? [.fields(["volumeName": "data", "mountPath": "/data"])] : nil,
        ])
    }

    /// A start-up is watched every second, so that a cold start costs no more than it must.
    private func probe(_ type: String, port: Int?) -> ARMValue {
        let isStartup = type == "Startup"
        return .fields([
            "type": .string(type),
            "httpGet": .fields(["path": "/health", "port": .integer(port ?? Self.workerPort)]),
            "periodSeconds": isStartup ? 1 : 10,
            "failureThreshold": isStartup ? 30 : 3,
            "timeoutSeconds": isStartup ? nil : 5,
        ])
    }

    private mutating func scale(_ app: ContainerAppNode, as identity: Symbol) -> ARMValue {
        let rules = app.triggers.enumerated().map { index, trigger in rule(trigger, index, as: identity) }
        return .fields([
            "minReplicas": .integer(app.replicas.lowerBound),
            "maxReplicas": .integer(app.replicas.upperBound),
            "rules": rules.isEmpty ? nil : .array(rules),
        ])
    }

    /// A scale rule; the values of its metadata are text.
    ///
    /// Source: learn.microsoft.com/azure/container-apps/scale-app
    private mutating func rule(_ trigger: Trigger, _ index: Int, as identity: Symbol) -> ARMValue {
        switch trigger {
        case .http(let concurrency):
            let metadata = ARMValue.fields(["concurrentRequests": .string("\(concurrency)")])
            return .fields(["name": .string("http-\(index)"), "http": .fields(["metadata": metadata])])
        case .cpu(let percent):
            let metadata = ARMValue.fields(["type": "Utilization", "value": .string("\(percent)")])
            return custom("cpu", index, metadata, identity: nil)
        case .backlog(let source, let count):
            return custom("azure-servicebus", index, backlog(of: source, perReplica: count), identity: identity.id)
        }
    }

    private func custom(_ type: String, _ index: Int, _ metadata: ARMValue, identity: ARMValue?) -> ARMValue {
        .fields([
            "name": .string("\(type)-\(index)"),
            "custom": .fields(["type": .string(type), "identity": identity, "metadata": metadata]),
        ])
    }

    private mutating func backlog(of source: ResourceID, perReplica count: Int) -> ARMValue {
        let messages = ARMValue.string("\(count)")
        let name = symbol(source).nameInAzure
        guard case .subscription(let subscription) = graph[source]?.kind else {
            return .fields(["namespace": busSymbol.nameInAzure, "queueName": name, "messageCount": messages])
        }
        return .fields([
            "namespace": busSymbol.nameInAzure, "topicName": symbol(subscription.topic).nameInAzure,
            "subscriptionName": name, "messageCount": messages,
        ])
    }
}

extension ContainerSize {
    /// The cores as a number with a fraction: `0.25`.
    var cores: String {
        let quarters = ["0", "25", "5", "75"]
        return "\(rawValue / 4).\(quarters[rawValue % 4])"
    }

    /// In GiB, two for each core: `1.5`.
    var memory: String { rawValue % 2 == 0 ? "\(rawValue / 2)" : "\(rawValue / 2).5" }
}

extension ServiceNode {
    /// Whether the service has files that matter: one that is given tables or a database keeps everything there.
    var keepsData: Bool {
        let hasStore = environment.contains { variable in
            guard case .plain(let term) = variable.value else { return false }
            return term.attributes.contains { _, attribute in
                switch attribute {
                case .tables, .database: true
                case .blobs, .bus, .busEntity, .cache, .hostname, .modelDeployment, .modelEndpoint, .telemetry, .url:
                    false
                }
            }
        }
        return !hasStore && contract.contains { $0.name == "DATA_DIRECTORY" }
    }
}

extension SecretNode {
    /// Container apps know secrets by lowercase letters, digits and hyphens.
    ///
    /// Source: learn.microsoft.com/azure/container-apps/manage-secrets
    var nameInContainer: String { nameInVault.lowercased() }
}

import StackGraph

extension ComposeProject {
    /// What the stack says and a Compose project does not do, in the order of the resources; the stack itself first.
    var limitations: [Limitation] {
        let modelSettings = modelSettings
        return stackLimitations + graph.nodes.flatMap { limitations(of: $0, modelSettings) }
    }

    private func limitations(of node: Node, _ modelSettings: [ResourceID: Set<String>]) -> [Limitation] {
        switch node.kind {
        case .cache: [cacheLimitation(node.id)]
        case .containerApp, .functionApp: appLimitations(node.id)
        case .database(let database): storeLimitations(node.id, parts: database.containers.map(\.name))
        case .modelDeployment(let model): [modelLimitation(node.id, model, modelSettings[node.id] ?? [])]
        case .secretStore(let store): store.secrets.isEmpty ? [] : [secretLimitation(node.id)]
        case .storage(let storage): storeLimitations(node.id, parts: storage.containers + storage.tables)
        case .telemetry(let telemetry): [telemetryLimitation(node.id, telemetry)]
        // The broker keeps what the stack says of these, and an engine needs no registry.
        case .queue, .registry, .subscription, .topic: []
        }
    }

    private func limitation(_ id: ResourceID?, _ loss: String, _ remedy: String) -> Limitation {
        Limitation(.compose, id, loss: loss, remedy: remedy)
    }

    // MARK: The stack

    private var stackLimitations: [Limitation] {
        var limitations: [Limitation] = []
        switch graph.redundancy {
        case .singleZone: break
        case .zones:
            limitations.append(
                limitation(
                    nil,
                    "runs on one machine, and not in several zones",
                    "Deploy it to Azure where it must outlive a machine."
                )
            )
        }
        if !ports.isEmpty {
            limitations.append(
                limitation(
                    nil,
                    "answers plain HTTP, on this machine alone",
                    "Put a proxy with a certificate in front of its ports."
                )
            )
        }
        if let broker {
            limitations.append(
                limitation(
                    nil,
                    "keeps messages in one volume, and has one key for all who send and receive",
                    "Back up the volume '\(broker)-data', and run no service that may not have the key."
                )
            )
        }
        return limitations
    }

    // MARK: Apps

    private func appLimitations(_ id: ResourceID) -> [Limitation] {
        guard let app = appsByID[id] else { return [] }
        var limitations: [Limitation] = []
        if let loss = app.scalingLoss {
            let remedy =
                app.isPublished || !app.timers.isEmpty
                ? "Raise its limits in compose.override.yaml where that is too little."
                : "Start more with `docker compose up --detach --scale \(id)=N`."
            limitations.append(limitation(id, loss, remedy))
        }
        if !app.timers.isEmpty {
            limitations.append(
                limitation(
                    id,
                    "does not make up for what its timers missed while it was stopped: \(ComposeComment.list(app.timers))",
                    "Let these functions look for all that is due, not for what is due now."
                )
            )
        }
        if !app.reads("HOST") {
            limitations.append(
                limitation(
                    id,
                    "does not read HOST, and may listen where nobody outside its container reaches it",
                    "Declare HOST in the contract of the service, and listen on the address that it holds."
                )
            )
        }
        return limitations
    }

    // MARK: What apps use

    /// Storage that only the Functions host would use is not missed, because there is no such host.
    private func storeLimitations(_ id: ResourceID, parts: [String]) -> [Limitation] {
        guard stores.contains(id) else { return [] }
        let kept = parts.isEmpty ? "" : " for \(ComposeComment.list(parts))"
        return [
            limitation(
                id,
                "is a folder\(kept), without the interface of a store, and its readers may write to it",
                "Let services open files at the path that they are given, as on a developer's machine."
            )
        ]
    }

    private func cacheLimitation(_ id: ResourceID) -> Limitation {
        limitation(
            id,
            "is a Redis without a password or encryption, open to every service of the project",
            "Run no service that may not read it."
        )
    }

    private func modelLimitation(_ id: ResourceID, _ model: ModelNode, _ settings: Set<String>) -> Limitation {
        limitation(
            id,
            "does not run \(model.model)",
            settings.isEmpty
                ? "Write a key into secrets/OPENAI_API_KEY, or set OPENAI_BASE_URL in .env."
                : "Set \(ComposeComment.list(settings.sorted())) in .env to a model that runs elsewhere."
        )
    }

    /// The settings of `.env` that stand for something of a model deployment.
    private var modelSettings: [ResourceID: Set<String>] {
        var settings: [ResourceID: Set<String>] = [:]
        for variable in apps.flatMap(\.service.environment) {
            guard case .plain(let term) = variable.value else { continue }
            for (id, attribute) in term.attributes where attribute.isOfModel {
                settings[id, default: []].insert(variable.name)
            }
        }
        return settings
    }

    private func secretLimitation(_ id: ResourceID) -> Limitation {
        limitation(
            id,
            "keeps secrets in files, without versions or a record of who read them",
            "Guard the folder '\(ComposePreparationScript.folder)' like the secrets themselves."
        )
    }

    private func telemetryLimitation(_ id: ResourceID, _ telemetry: TelemetryNode) -> Limitation {
        limitation(
            id,
            "collects nothing: the engine keeps the last 30 MB of each container's log, and not \(telemetry.retentionDays) days",
            "Read them with `docker compose logs`, or let a collector of the machine pick them up."
        )
    }
}

extension ComposeApp {
    /// What is lost of the replicas that the stack allows; `nil` where it allows no others.
    fileprivate var scalingLoss: String? {
        guard allowed != replicas...replicas else { return nil }
        var lost: [String] = []
        if allowed.lowerBound == 0 { lost.append("is not stopped while there is nothing to do") }
        if allowed.lowerBound > replicas { lost.append("has fewer than the \(allowed.lowerBound) it should have") }
        if allowed.upperBound > max(replicas, allowed.lowerBound) {
            lost.append("does not grow to \(allowed.upperBound)")
        }
        let count = replicas == 1 ? "one replica" : "\(replicas) replicas"
        return "stays at \(count): it \(lost.joined(separator: ", and "))"
    }
}

extension Term.Attribute {
    fileprivate var isOfModel: Bool {
        switch self {
        case .modelDeployment, .modelEndpoint: true
        case .blobs, .bus, .busEntity, .cache, .database, .hostname, .tables, .telemetry, .url: false
        }
    }
}

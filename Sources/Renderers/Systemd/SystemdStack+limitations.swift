import StackGraph

extension SystemdStack {
    /// What the stack says and one machine with systemd cannot do, in the order of the resources.
    var limitations: [Limitation] {
        stackLimitations
            + graph.nodes.flatMap { node in
                losses(of: node).map { Limitation(.systemd, node.id, loss: $0.loss, remedy: $0.remedy) }
            }
    }

    private var stackLimitations: [Limitation] {
        switch graph.redundancy {
        case .singleZone: []
        case .zones:
            [
                Limitation(
                    .systemd,
                    nil,
                    loss: "runs on one machine and ends with it",
                    remedy: "Deploy to Azure where the failure of a zone must not stop the stack."
                )
            ]
        }
    }

    private func losses(of node: Node) -> [(loss: String, remedy: String)] {
        switch node.kind {
        case .containerApp(let app): replicaLosses(most: app.replicas.upperBound) + idleLosses(app)
        case .functionApp(let app): replicaLosses(most: app.maximumInstances)
        case .database:
            [
                (
                    "is a folder of this machine and no database",
                    "Put the address of a database into the environment files of the services that use it."
                )
            ]
        case .modelDeployment:
            [
                (
                    "is not run here",
                    "Put the address of a model and its key into the environment files of the services that use it."
                )
            ]
        case .telemetry:
            [("receives nothing, for logs stay on the machine", "Read them with journalctl -u '\(name)-*'.")]
        case .cache, .queue, .registry, .secretStore, .storage, .subscription, .topic: []
        }
    }

    private func replicaLosses(most: Int) -> [(loss: String, remedy: String)] {
        guard most > 1 else { return [] }
        return [("stays at one process", "Give it a larger size, or deploy to Azure where load must start more.")]
    }

    private func idleLosses(_ app: ContainerAppNode) -> [(loss: String, remedy: String)] {
        let wakesByBacklog = app.triggers.contains { if case .backlog = $0 { true } else { false } }
        guard app.replicas.lowerBound == 0, wakesByBacklog else { return [] }
        return [
            ("keeps running while its queue is empty", "Stop its unit by hand for as long as nobody needs it.")
        ]
    }
}

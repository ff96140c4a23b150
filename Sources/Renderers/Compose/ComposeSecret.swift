import StackGraph

/// A secret of the project: a file that a person, a pipeline or `prepare.sh` fills.
///
/// Compose could take secrets from the environment too, but refuses to for containers that cannot be written to, and
/// leaves out those that are empty.
/// Source: github.com/docker/compose/pull/12531
struct ComposeSecret {
    let name: String
    let origin: Origin
    /// The services that get it, in the order of their names.
    let readers: [String]
    /// Whether a service does not start without it.
    let isRequired: Bool
    /// What a service does without it.
    let consequence: String?

    enum Origin: Hashable {
        case provided
        case generated
        /// The key of the broker, which is random.
        case brokerKey
        /// How services reach the broker: the key is part of it.
        case connection(broker: String, key: String)
    }

    typealias Broker = (service: String, key: String, connection: String)

    /// Every secret that a service of the project gets, in the order of their names.
    static func all(
        in graph: Graph,
        apps: [ComposeApp],
        settings: [ResourceID: [ComposeSetting]],
        broker: Broker?
    ) -> [ComposeSecret] {
        var uses: [String: [(reader: String, declaration: ServiceNode.ContractSetting?)]] = [:]
        for app in apps {
            for setting in settings[app.id] ?? [] {
                guard let secret = setting.secret else { continue }
                uses[secret, default: []].append((app.id.name, setting.declaration))
            }
        }
        if let broker { uses[broker.key] = [(broker.service, nil)] }
        let origins = origins(in: graph, broker: broker)
        return uses.sorted { $0.key < $1.key }.map { name, uses in
            var seen: Set<String> = []
            return ComposeSecret(
                name: name,
                origin: origins[name] ?? .provided,
                readers: uses.map(\.reader).filter { seen.insert($0).inserted },
                isRequired: uses.contains { $0.declaration?.isRequired ?? false },
                consequence: uses.lazy.compactMap { $0.declaration?.fallback?.consequence }.first
            )
        }
    }

    private static func origins(in graph: Graph, broker: Broker?) -> [String: Origin] {
        var origins: [String: Origin] = [:]
        for node in graph.nodes {
            guard case .secretStore(let store) = node.kind else { continue }
            for secret in store.secrets {
                switch secret.origin {
                case .provided: origins[secret.name] = .provided
                case .generated: origins[secret.name] = .generated
                }
            }
        }
        if let broker {
            origins[broker.key] = .brokerKey
            origins[broker.connection] = .connection(broker: broker.service, key: broker.key)
        }
        return origins
    }
}

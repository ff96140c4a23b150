import StackGraph

/// A secret that a stack needs, and what for.
struct SecretNeed: Sendable, Hashable {
    let secret: SecretNode
    let store: ResourceID
    /// The services that are given it.
    let users: [String]
    /// Whether a service does not start without it.
    let isRequired: Bool
    /// What services do without it, where they can.
    let consequences: [String]
}

extension Graph {
    /// The secrets of the stack, each once, in the order of the stack.
    var secretNeeds: [SecretNeed] {
        nodes.flatMap { node -> [SecretNeed] in
            guard case .secretStore(let store) = node.kind else { return [] }
            return store.secrets.map { need(for: $0, in: node.id) }
        }
    }

    private func need(for secret: SecretNode, in store: ResourceID) -> SecretNeed {
        var users: [String] = []
        var isRequired = false
        var consequences: [String] = []
        for node in nodes {
            guard let service = node.service else { continue }
            let names = Set(
                service.environment.filter { $0.value == .secret(.init(store: store, secret: secret)) }.map(\.name)
            )
            guard !names.isEmpty else { continue }
            users.append(node.id.name)
            for setting in service.contract where names.contains(setting.name) {
                isRequired = isRequired || setting.isRequired
                if let text = setting.fallback?.consequence, !consequences.contains(text) { consequences.append(text) }
            }
        }
        return SecretNeed(
            secret: secret,
            store: store,
            users: users,
            isRequired: isRequired,
            consequences: consequences
        )
    }
}

/// Where a secret has its value, for one target.
struct SecretFinding: Sendable, Hashable {
    enum Place: String, Sendable, Hashable {
        case environment = "environment"
        case file = ".env"
        case vault = "vault"
        /// It is made up where nobody sets it.
        case generated = "made up"
    }

    let need: SecretNeed
    let places: [Place]
    let target: CommandTarget

    /// Whether the target cannot do without it: a stack on this machine can without what its services can do without,
    /// and a vault holds all secrets of the stack.
    var isMissing: Bool {
        guard places.isEmpty else { return false }
        switch target {
        case .local: return need.isRequired
        case .azure: return true
        }
    }

    init(_ need: SecretNeed, in environment: UserEnvironment, vault: Set<String>, for target: CommandTarget) {
        let name = need.secret.name
        var places: [Place] = []
        switch environment.place(of: name) {
        case .environment: places.append(.environment)
        case .file: places.append(.file)
        case nil: break
        }
        if vault.contains(name) { places.append(.vault) }
        if places.isEmpty, need.secret.origin == .generated { places.append(.generated) }
        self.need = need
        self.places = places
        self.target = target
    }

    /// The command or variable that sets it.
    func remedy(stage: String) -> String {
        let name = need.secret.name
        return switch target {
        case .local: "Set \(name) in the environment, or keep it in .env with `infra secrets set \(name)`."
        case .azure:
            """
            Set \(name) in the environment of `infra up` (in GitHub Actions, `env: \(name): ${{ secrets.\(name) }}`), \
            or `infra secrets set \(name) --stage \(stage) --target azure` where the vault is there.
            """
        }
    }
}

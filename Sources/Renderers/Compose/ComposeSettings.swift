import StackGraph

/// Where a setting of a service gets its value from in a Compose project.
enum ComposeValue: Hashable {
    case text(String)
    /// A variable of the same name in `.env`.
    case variable(isRequired: Bool)
    /// The file of a secret.
    case secret(String)
}

/// A setting of a service of the project.
struct ComposeSetting {
    let name: String
    let value: ComposeValue
    /// What the service itself says of it.
    let declaration: ServiceNode.ContractSetting?
}

/// What the terms of a stack mean inside a Compose project.
struct ComposeMeanings {
    let apps: [ResourceID: ComposeApp]
    /// The secret that holds the connection string of the broker.
    let connection: String
    /// The secrets of the stack's vaults: who gets one is the stack's decision.
    let vaulted: Set<String>
    /// Variables of `.env` that mean something else than a setting.
    let reserved: Set<String>

    /// The settings of an app in the order of their names: what the stack gives, what the container decides, and what
    /// is left for `.env` and for files of secrets.
    func settings(of app: ComposeApp) -> [ComposeSetting] {
        let declarations = Dictionary(app.service.contract.map { ($0.name, $0) }) { first, _ in first }
        var values: [String: ComposeValue] = [:]
        for setting in declarations.values where setting.name.isVariableName {
            if setting.isSecret {
                if !vaulted.contains(setting.name) { values[setting.name] = .secret(setting.name) }
            } else if !reserved.contains(setting.name) {
                values[setting.name] = .variable(isRequired: setting.isRequired)
            }
        }
        for variable in app.service.environment {
            if let value = value(of: variable) { values[variable.name] = value }
        }
        values["PORT"] = .text(String(app.port))
        if app.reads("HOST") { values["HOST"] = .text("0.0.0.0") }
        if app.reads("DATA_DIRECTORY") { values["DATA_DIRECTORY"] = .text(ComposeService.dataFolder) }
        return values.sorted { $0.key < $1.key }
            .map { ComposeSetting(name: $0.key, value: $0.value, declaration: declarations[$0.key]) }
    }

    private func value(of variable: Variable) -> ComposeValue? {
        switch variable.value {
        case .secret(let reference): .secret(reference.secret.name)
        // The connection holds the broker's key.
        case .plain(.attribute(_, .bus)): .secret(connection)
        case .plain(let term): text(of: term).map { .text($0) }
        }
    }

    /// What a term means in the project; `nil` where the project has nothing of the kind.
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
        case .busEntity: id.name
        case .hostname: apps[id].map { "\(id):\($0.port)" }
        case .url: apps[id].map { "http://\(id):\($0.port)" }
        case .blobs, .tables, .database: Self.storeFolder(id)
        case .cache: "redis://\(id):6379"
        case .bus, .modelEndpoint, .modelDeployment, .telemetry: nil
        }
    }

    /// Where the volume of a store is in the containers that use it.
    static func storeFolder(_ id: ResourceID) -> String { "/stores/\(id)" }
}

extension ComposeApp {
    /// The stores that settings of the app lead to, each once.
    var stores: [ResourceID] {
        var seen: Set<ResourceID> = []
        return service.environment.flatMap { variable -> [ResourceID] in
            guard case .plain(let term) = variable.value else { return [] }
            return term.attributes.filter(\.attribute.isStore).map(\.id)
        }
        .filter { seen.insert($0).inserted }
    }
}

extension Term.Attribute {
    fileprivate var isStore: Bool {
        switch self {
        case .blobs, .database, .tables: true
        case .bus, .busEntity, .cache, .hostname, .modelDeployment, .modelEndpoint, .telemetry, .url: false
        }
    }
}

import StackGraph

/// One app with all that its unit says.
struct SystemdService {
    let app: SystemdApp
    let settings: [Setting]
    /// The folders of stores that it opens.
    let stores: [ResourceID]
    /// The units that should be there first, in the order of mention.
    let needs: [String]

    /// A setting, and the way it takes.
    struct Setting {
        let name: String
        let source: Source

        enum Source: Equatable {
            case text(String)
            case store(ResourceID)
            case credential(SystemdCredential)
        }
    }

    init(_ app: SystemdApp, _ node: Node, stack: String, broker: String?, apps: [ResourceID: SystemdApp]) {
        self.app = app
        let given = app.service.environment.compactMap { variable -> Setting? in
            Self.source(of: variable, apps: apps).map { Setting(name: variable.name, source: $0) }
        }
        let settings = given + Self.hostSettings(app).filter { setting in !given.contains { $0.name == setting.name } }
        self.settings = settings
        var seen: Set<ResourceID> = []
        self.stores = settings.compactMap { setting in
            if case .store(let id) = setting.source, seen.insert(id).inserted { id } else { nil }
        }
        let usesBus = settings.contains { $0.source == .credential(.busConnection) }
        let apps = node.dependencies.compactMap { apps[$0] }
            .map { $0.unit(of: stack, $0.isActivated ? "socket" : "service") }
        let redis = app.service.environment.contains { variable in
            guard case .plain(let term) = variable.value else { return false }
            return term.attributes.contains { $0.attribute == .cache }
        }
        self.needs =
            (usesBus ? broker.map { ["\($0).service"] } ?? [] : []) + (redis ? ["redis-server.service"] : []) + apps
    }

    /// What the host decides, where the service reads it.
    private static func hostSettings(_ app: SystemdApp) -> [Setting] {
        let known = Set(app.service.contract.map(\.name))
        return [
            Setting(name: "PORT", source: .text(String(app.port))), Setting(name: "HOST", source: .text("127.0.0.1")),
            Setting(name: "DATA_DIRECTORY", source: .store(app.id)),
        ].filter { known.contains($0.name) }
    }

    /// Where the value of a variable comes from on this machine; `nil` where it has nothing of the kind.
    private static func source(of variable: Variable, apps: [ResourceID: SystemdApp]) -> Setting.Source? {
        switch variable.value {
        case .plain(let term): source(of: term, apps: apps)
        case .secret(let reference): .credential(.secret(reference.secret.name))
        }
    }

    private static func source(of term: Term, apps: [ResourceID: SystemdApp]) -> Setting.Source? {
        switch term {
        case .literal(let text): return .text(text)
        case .attribute(let id, let attribute): return source(of: attribute, of: id, apps: apps)
        case .joined(let parts):
            var joined = ""
            for part in parts {
                // Only texts can be joined, which the types of outputs promise.
                guard case .text(let text) = source(of: part, apps: apps) else { return nil }
                joined += text
            }
            return .text(joined)
        }
    }

    private static func source(
        of attribute: Term.Attribute,
        of id: ResourceID,
        apps: [ResourceID: SystemdApp]
    ) -> Setting.Source? {
        switch attribute {
        case .bus: .credential(.busConnection)
        case .busEntity: .text(id.name)
        case .hostname: apps[id].map { .text("127.0.0.1:\($0.port)") }
        case .url: apps[id].map { .text("http://127.0.0.1:\($0.port)") }
        case .blobs, .tables, .database: .store(id)
        case .cache: .text("redis://127.0.0.1:6379")
        case .modelEndpoint, .modelDeployment, .telemetry: nil
        }
    }
}

/// A file that only its reader may see.
enum SystemdCredential: Hashable {
    case secret(String)
    case brokerKey
    case busConnection

    /// The name of the file; no secret has a hyphen in its name.
    var file: String {
        switch self {
        case .secret(let name): name
        case .brokerKey: "broker-key"
        case .busConnection: "bus-connection"
        }
    }
}

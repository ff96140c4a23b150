import Settings
import StackGraph
import StackModel
import Testing

struct Job {}

/// A service that reads one setting of each kind, and needs none.
enum Reader: ServiceContract {
    static let executable = "Reader"
    static let arguments = ["--role", "reader"]
    static let bus = Setting<BusConnection>("BUS", required: false)
    static let queue = Setting<QueueName>("QUEUE", required: false)
    static let cache = Setting<CacheConnection>("CACHE", required: false)
    static let tables = Setting<TableConnection>("TABLES", required: false)
    static let blobs = Setting<BlobConnection>("BLOBS", required: false)
    static let database = Setting<DatabaseConnection>("DATABASE", required: false)
    static let model = Setting<ModelConnection>("MODEL", required: false)
    static let deployment = Setting<ModelDeploymentName>("DEPLOYMENT", required: false)
    static let telemetry = Setting<TelemetryConnection>("TELEMETRY", required: false)
    static let url = Setting<String>("URL", required: false)
    static let key = SecretSetting<String>("API_KEY", required: false)
    static let token = SecretSetting<String>("TOKEN", required: false)
    static let settings = [
        bus.declaration, queue.declaration, cache.declaration, tables.declaration, blobs.declaration,
        database.declaration, model.declaration, deployment.declaration, telemetry.declaration, url.declaration,
        key.declaration, token.declaration,
    ]
}

/// A service that cannot start without its two settings.
enum Strict: ServiceContract {
    static let executable = "Strict"
    static let name = Setting<String>("SERVICE_NAME")
    static let key = SecretSetting<String>("API_KEY")
    static let settings = [name.declaration, key.declaration]
}

/// Functions of each kind.
enum Handlers: FunctionAppContract {
    static let executable = "Handlers"
    static let create = HTTPFunction("Create", .post, "jobs")
    static let handle = QueueFunction<Job>("Handle")
    static let remind = TimerFunction("Remind", .hourly(minute: 0))
    static let functions = [create.name, handle.name, remind.name]
    static let settings: [SettingDeclaration] = []
}

/// Two functions that answer requests; a test chooses which.
enum Twins: FunctionAppContract {
    static let executable = "Twins"
    static let functions = ["Create", "Again"]
    static let settings: [SettingDeclaration] = []
}

/// One timer.
enum Clockwork: FunctionAppContract {
    static let executable = "Clockwork"
    static let tick = TimerFunction("Tick", .hourly(minute: 0))
    static let functions = [tick.name]
    static let settings: [SettingDeclaration] = []
}

/// Where function apps keep the state of their host.
let host = Storage("host")

let registry = ContainerRegistry("registry")
let image = registry.image("reader", tag: "1")

extension WebContainer {
    /// A container that reads these settings and has nothing else about it.
    static func reader(_ name: Name = "app", _ settings: Binding..., scale: Scale = .fixed(1)) -> WebContainer {
        WebContainer(name, running: Reader.self, image: image, scale: scale, settings: settings)
    }
}

extension Stack {
    /// The problems that lowering reports; none for a sound stack.
    var problems: [Problem] {
        do throws(StackError) {
            _ = try lowered()
            return []
        } catch {
            return error.problems
        }
    }
}

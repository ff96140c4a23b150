import Settings
package import StackGraph
import StackModel

struct Job {}

/// An API and a worker around a queue.
enum Api: ServiceContract {
    static let executable = "Api"
    static let bus = Setting<BusConnection>("BUS")
    static let queue = Setting<QueueName>("QUEUE")
    static let key = SecretSetting<String>("API_KEY")
    static let settings = [bus.declaration, queue.declaration, key.declaration]
}

enum Worker: ServiceContract {
    static let executable = "Worker"
    static let api = Setting<String>("API_URL")
    static let bus = Setting<BusConnection>("BUS", required: false)
    static let blobs = Setting<BlobConnection>("BLOBS", required: false)
    static let tables = Setting<TableConnection>("TABLES", required: false)
    static let cache = Setting<CacheConnection>("CACHE", required: false)
    static let database = Setting<DatabaseConnection>("DATABASE", required: false)
    static let model = Setting<ModelConnection>("MODEL", required: false)
    static let telemetry = Setting<TelemetryConnection>("TELEMETRY", required: false)
    static let token = SecretSetting<String>("TOKEN", required: false)
    static let settings = [
        api.declaration, bus.declaration, blobs.declaration, tables.declaration, cache.declaration,
        database.declaration,
        model.declaration, telemetry.declaration, token.declaration,
    ]
}

enum Functions: FunctionAppContract {
    static let executable = "Functions"
    static let create = HTTPFunction("Create", .post, "events")
    static let handle = QueueFunction<Job>("Handle")
    static let remind = TimerFunction("Remind", .everyMinutes(5))
    static let functions = [create.name, handle.name, remind.name]
    static let bus = Setting<BusConnection>("BUS")
    static let settings = [bus.declaration]
}

package enum SampleStacks {
    /// Four kinds, and every form of label: a grant, two grants, a secret, and a plain fact.
    package static func small() throws -> Graph {
        let registry = ContainerRegistry("registry")
        let vault = SecretStore("vault")
        let jobs = Queue("jobs", of: Job.self)
        let api = WebContainer(
            "api",
            running: Api.self,
            image: registry.image("api", tag: "1"),
            scale: .fixed(1),
            settings: [
                .set(Api.bus, to: jobs.connection(.sending)),
                .set(Api.queue, to: jobs.name),
                .inject(Api.key, from: vault.secret("API_KEY")),
            ]
        )
        let worker = WorkerContainer(
            "worker",
            running: Worker.self,
            image: registry.image("worker", tag: "1"),
            consuming: jobs,
            scale: .fixed(1),
            settings: [.set(Worker.api, to: api.url), .set(Worker.bus, to: jobs.connection(.sending))]
        )
        return try Stack("shop", [registry, vault, jobs, api, worker]).lowered()
    }

    /// Every kind of resource, every role, and every property that the model offers.
    package static func complete() throws -> Graph {
        let registry = ContainerRegistry("registry")
        let vault = SecretStore("vault")
        let storage = Storage("files", containers: ["uploads"], tables: ["posts"])
        let cache = Cache("cache")
        let database = DocumentDatabase("documents", containers: [.init("posts", partitionedBy: "/id")])
        let model = ModelDeployment("model", model: "gpt-4o-mini", version: "2024-07-18")
        let telemetry = Telemetry("logs", retentionDays: 90)
        let jobs = Queue(
            "jobs",
            of: Job.self,
            maxDeliveries: 3,
            lock: .minutes(5),
            deduplication: .hours(36),
            timeToLive: .days(14)
        )
        let failed = Queue("failed-jobs", of: Job.self)
        let news = Topic("news", of: Job.self, deduplication: .minutes(10), timeToLive: .seconds(90))
        let readers = Subscription(
            "readers",
            to: news,
            receiving: .subjects("a", "it's"),
            maxDeliveries: 2,
            lock: .seconds(5)
        )
        let functions = FunctionApp(
            "functions",
            running: Functions.self,
            storage: storage,
            functions: [
                .http(Functions.create), .queue(Functions.handle, consuming: jobs, deadLetters: failed),
                .timer(Functions.remind),
            ],
            maximumInstances: 40,
            settings: [.set(Functions.bus, to: news.connection)]
        )
        let api = WebContainer(
            "api",
            running: Api.self,
            image: registry.image("team/api", tag: "1"),
            port: 3000,
            size: .oneAndHalfCores,
            scale: .warm(upTo: 5, on: .cpu(percent: 70), .requests(perReplica: 50)),
            settings: [
                .set(Api.bus, to: jobs.connection(.sending)), .set(Api.queue, to: jobs.name),
                .inject(Api.key, from: vault.secret("API_KEY")),
            ]
        )
        let worker = WorkerContainer(
            "worker",
            running: Worker.self,
            image: registry.image("worker", tag: "1"),
            consuming: readers,
            deadLetters: failed,
            size: .quarterCore,
            scale: .toZero(upTo: 5, when: readers.backlog(perReplica: 5), jobs.backlog(perReplica: 9)),
            settings: [
                .set(Worker.api, to: "\(api.url)/v1"), .set(Worker.blobs, to: storage.blobs(.writing)),
                .set(Worker.tables, to: storage.tables(.reading)), .set(Worker.cache, to: cache.connection),
                .set(Worker.database, to: database.connection(.writing)), .set(Worker.model, to: model.connection),
                .set(Worker.telemetry, to: telemetry.connection),
                .inject(Worker.token, from: vault.generatedSecret("TOKEN")),
            ]
        )
        return try Stack(
            "complete",
            version: "2.0.1",
            redundancy: .zones,
            [
                registry, vault, storage, cache, database, model, telemetry, jobs, failed, news, readers, functions,
                api, worker,
            ]
        ).lowered()
    }

    /// Two services that open the same storage account.
    package static func twoReadersOfOneStore() throws -> Graph {
        let registry = ContainerRegistry("registry")
        let storage = Storage("files", containers: ["uploads"])
        let apps = ["one", "two"].map { name in
            WebContainer(
                Name(name),
                running: Worker.self,
                image: registry.image("app", tag: "1"),
                scale: .fixed(1),
                settings: [.set(Worker.api, to: "http://x"), .set(Worker.blobs, to: storage.blobs(.writing))]
            )
        }
        return try Stack("twins", [registry, storage] + apps).lowered()
    }

    /// An app with the name that a broker would like to have.
    package static func appNamedBroker() throws -> Graph {
        let registry = ContainerRegistry("registry")
        let jobs = Queue("jobs", of: Job.self)
        let worker = WorkerContainer(
            "broker",
            running: Worker.self,
            image: registry.image("worker", tag: "1"),
            consuming: jobs,
            scale: .fixed(1),
            settings: [.set(Worker.api, to: "http://x"), .set(Worker.bus, to: jobs.connection(.sending))]
        )
        return try Stack("shop", [registry, jobs, worker]).lowered()
    }
}

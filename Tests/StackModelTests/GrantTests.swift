import Settings
import StackGraph
import StackModel
import Testing

/// What references make of themselves: edges and grants.
struct GrantTests {
    static let jobs = Queue("jobs", of: Job.self)
    static let news = Topic("news", of: Job.self)
    static let vault = SecretStore("vault")
    static let files = Storage("files")
    static let cache = Cache("cache")
    static let documents = DocumentDatabase("documents", containers: [])
    static let model = ModelDeployment("model", model: "gpt-4o-mini", version: "2024-07-18")
    static let logs = Telemetry("logs")
    static let other = WebContainer.reader("other")
    static let all: [any Resource] = [
        registry, jobs, news, vault, files, cache, documents, model, logs, other,
    ]

    struct Case: Sendable {
        let binding: Binding
        let target: String
        let role: Role?
        var part: String?
    }

    @Test(
        arguments: [
            Case(binding: .set(Reader.bus, to: jobs.connection(.sending)), target: "jobs", role: .sendMessages),
            Case(binding: .set(Reader.bus, to: jobs.connection(.receiving)), target: "jobs", role: .receiveMessages),
            Case(binding: .set(Reader.bus, to: news.connection), target: "news", role: .sendMessages),
            Case(binding: .set(Reader.queue, to: jobs.name), target: "jobs", role: nil),
            Case(binding: .set(Reader.queue, to: news.name), target: "news", role: nil),
            Case(binding: .set(Reader.cache, to: cache.connection), target: "cache", role: .useCache),
            Case(binding: .set(Reader.blobs, to: files.blobs(.reading)), target: "files", role: .readBlobs),
            Case(binding: .set(Reader.blobs, to: files.blobs(.writing)), target: "files", role: .writeBlobs),
            Case(binding: .set(Reader.tables, to: files.tables(.reading)), target: "files", role: .readTables),
            Case(binding: .set(Reader.tables, to: files.tables(.writing)), target: "files", role: .writeTables),
            Case(
                binding: .set(Reader.database, to: documents.connection(.reading)),
                target: "documents",
                role: .readDocuments
            ),
            Case(
                binding: .set(Reader.database, to: documents.connection(.writing)),
                target: "documents",
                role: .writeDocuments
            ),
            Case(binding: .set(Reader.model, to: model.connection), target: "model", role: .useModel),
            Case(binding: .set(Reader.deployment, to: model.deployment), target: "model", role: nil),
            Case(binding: .set(Reader.telemetry, to: logs.connection), target: "logs", role: .writeTelemetry),
            Case(binding: .set(Reader.url, to: other.url), target: "other", role: nil),
            Case(binding: .set(Reader.url, to: "https://\(other.hostname)/x"), target: "other", role: nil),
            Case(
                binding: .inject(Reader.key, from: vault.secret("API_KEY")),
                target: "vault",
                role: .readSecret,
                part: "API_KEY"
            ),
        ]
    )
    func `a setting grants the least its value needs`(_ example: Case) throws {
        let graph = try Stack("shop", Self.all + [WebContainer.reader("app", example.binding)]).lowered()
        let app = try #require(graph[ResourceID("app")])
        let target = ResourceID(example.target)
        #expect(app.dependencies == [ResourceID("registry"), target])
        let grants = graph.grants.filter { $0.principal == app.id && $0.role != .pullImages }
        #expect(
            grants.map { [$0.target.name, $0.role.rawValue, $0.part] }
                == (example.role.map { [[target.name, $0.rawValue, example.part]] } ?? [])
        )
    }

    @Test func `an app pulls its image and a worker receives what it consumes`() throws {
        let failed = Queue("failed", of: Job.self)
        let worker = WorkerContainer(
            "worker",
            running: Reader.self,
            image: image,
            consuming: Self.jobs,
            deadLetters: failed,
            scale: .toZero(upTo: 3, when: Self.jobs.backlog(perReplica: 5))
        )
        let graph = try Stack("shop", [registry, Self.jobs, failed, worker]).lowered()
        #expect(
            graph.grants.map { "\($0.principal) \($0.role) \($0.target)" } == [
                "worker pullImages registry", "worker receiveMessages jobs", "worker sendMessages failed",
            ]
        )
    }

    @Test func `functions receive from their sources and send to their dead letters`() throws {
        let failed = Queue("failed", of: Job.self)
        let readers = Subscription("readers", to: Self.news)
        let app = FunctionApp(
            "handlers",
            running: Handlers.self,
            storage: host,
            functions: [
                .http(Handlers.create), .queue(Handlers.handle, consuming: readers, deadLetters: failed),
                .timer(Handlers.remind),
            ]
        )
        let graph = try Stack("shop", [host, Self.news, readers, failed, app]).lowered()
        #expect(
            graph.grants.map { "\($0.principal) \($0.role) \($0.target)" } == [
                "handlers hostFunctions host", "handlers receiveMessages readers", "handlers sendMessages failed",
            ]
        )
        #expect(graph[ResourceID("readers")]?.dependencies == [ResourceID("news")])
    }

    @Test func `what is mentioned twice is granted once`() throws {
        let app = WebContainer.reader(
            "app",
            .set(Reader.bus, to: Self.jobs.connection(.sending)),
            .set(Reader.queue, to: Self.jobs.name),
            .set(Reader.url, to: "\(Self.other.url) \(Self.other.url) \(Self.other.hostname)")
        )
        let graph = try Stack("shop", [registry, Self.jobs, Self.other, app]).lowered()
        #expect(graph.grants.count { $0.principal.name == "app" && $0.target.name == "jobs" } == 1)
        #expect(graph[app.declaration.node.id]?.dependencies.map(\.name) == ["registry", "jobs", "other"])
    }

    @Test func `every role has a reference that grants it`() throws {
        let worker = WorkerContainer(
            "worker",
            running: Reader.self,
            image: image,
            consuming: Self.jobs,
            scale: .fixed(1)
        )
        let app = WebContainer.reader(
            "app",
            .set(Reader.bus, to: Self.jobs.connection(.sending)),
            .set(Reader.cache, to: Self.cache.connection),
            .set(Reader.blobs, to: Self.files.blobs(.reading)),
            .set(Reader.tables, to: Self.files.tables(.reading)),
            .set(Reader.database, to: Self.documents.connection(.reading)),
            .set(Reader.model, to: Self.model.connection),
            .set(Reader.telemetry, to: Self.logs.connection),
            .inject(Reader.key, from: Self.vault.secret("API_KEY"))
        )
        let writer = WebContainer.reader(
            "writer",
            .set(Reader.blobs, to: Self.files.blobs(.writing)),
            .set(Reader.tables, to: Self.files.tables(.writing)),
            .set(Reader.database, to: Self.documents.connection(.writing))
        )
        let ticks = FunctionApp(
            "ticks",
            running: Clockwork.self,
            storage: Self.files,
            functions: [.timer(Clockwork.tick)]
        )
        let graph = try Stack("shop", Self.all + [worker, app, writer, ticks]).lowered()
        #expect(Set(graph.grants.map(\.role)) == Set(Role.allCases))
    }
}

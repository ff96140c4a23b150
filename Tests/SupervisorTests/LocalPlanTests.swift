import Settings
import StackGraph
import StackModel
import Supervisor
import Testing

struct LocalPlanTests {
    @Test func `the broker comes first and each process after what it needs`() throws {
        let plan = try plan(of: SampleStack.chatKnowsFunctions)
        #expect(plan.processes.map(\.name) == ["broker", "functions", "chat"])
        #expect(plan.processes.map(\.waitsFor) == [[], ["broker"], ["functions"]])
    }

    @Test func `a term gets its meaning on this machine`() throws {
        let plan = try plan(of: SampleStack.chatKnowsFunctions)
        let chat = try #require(plan.processes.last)
        #expect(chat.environment["API_URL"] == SecretValue("http://127.0.0.1:7071/api"))
        #expect(chat.environment["PORT"] == SecretValue("8000"))
        let functions = plan.processes[1]
        #expect(functions.environment["QUEUE"] == SecretValue("jobs"))
        #expect(
            functions.environment["BUS"]
                == SecretValue(
                    "Endpoint=sb://127.0.0.1:5300;SharedAccessKeyName=key;SharedAccessKey=k;UseDevelopmentEmulator=true"
                )
        )
    }

    @Test func `the environment of the user wins over the stack`() throws {
        let plan = try plan(of: SampleStack.chatKnowsFunctions, overrides: ["API_URL": "http://elsewhere"])
        #expect(plan.processes.last?.environment["API_URL"] == SecretValue("http://elsewhere"))
    }

    @Test func `a bus of the user's own needs no broker`() throws {
        let plan = try plan(of: SampleStack.chatKnowsFunctions, overrides: ["BUS": "Endpoint=sb://mine"])
        #expect(plan.processes.map(\.name) == ["functions", "chat"])
        #expect(plan.processes[0].waitsFor == [])
    }

    @Test func `a generated secret gets the local value, a provided one the user's`() throws {
        let plan = try plan(
            of: SampleStack.withSecrets,
            overrides: ["API_KEY": "given"],
            generated: ["SIGNING_KEY": SecretValue("made")]
        )
        #expect(plan.processes[0].environment["SIGNING_KEY"] == SecretValue("made"))
        #expect(plan.processes[0].environment["API_KEY"] == SecretValue("given"))
        #expect(plan.secrets.isSuperset(of: [SecretValue("made"), SecretValue("given")]))
    }

    @Test func `all secrets that nobody provides are told at once`() {
        #expect(throws: LocalPlanError(missingSecrets: ["API_KEY", "SIGNING_KEY"])) {
            try plan(of: SampleStack.withSecrets, generated: [:])
        }
    }

    @Test(arguments: [
        ([:], ["no MODEL_KEY: the parrot answers"]), (["MODEL_KEY": "k"], []), (["MODEL_URL": "http://localhost"], []),
    ])
    func `a fallback is noted unless the setting or its alternative is there`(
        overrides: [String: String],
        notes: [String]
    ) throws {
        let plan = try plan(of: SampleStack.withFallback, overrides: overrides)
        #expect(plan.notes.map(\.text) == notes)
    }

    @Test func `two containers with one port get two`() throws {
        let plan = try plan(of: SampleStack.twins)
        #expect(plan.processes.map(\.port) == [8000, 8001])
    }

    @Test func `an offset moves every port`() throws {
        let plan = try plan(of: SampleStack.twins, portOffset: 100)
        #expect(plan.processes.map(\.port) == [8100, 8101])
        #expect(plan.processes[0].environment["PORT"] == SecretValue("8100"))
    }

    @Test func `a setting that only a cloud can fill is left out`() throws {
        let plan = try plan(of: SampleStack.withCache)
        #expect(plan.processes[0].environment["REDIS_URL"] == nil)
        #expect(plan.notes.map(\.subject) == ["cache"])
    }

    @Test func `apps that scale to zero sleep when that is wanted, and others never`() throws {
        #expect(try plan(of: SampleStack.sleepers).processes.allSatisfy { $0.sleep == nil })
        let plan = try plan(of: SampleStack.sleepers, sleepAfter: .seconds(7))
        let sleeps = Dictionary(uniqueKeysWithValues: plan.processes.map { ($0.name, $0.sleep) })
        #expect(sleeps["chat"] == SleepPlan(listens: true, queues: [], patience: .seconds(7)))
        #expect(sleeps["worker"] == SleepPlan(listens: false, queues: ["jobs"], patience: .seconds(7)))
        #expect(
            sleeps["mailer"] == SleepPlan(listens: false, queues: ["news/subscriptions/mail"], patience: .seconds(7))
        )
        #expect(sleeps["warm"] == .some(nil))
        #expect(sleeps["broker"] == .some(nil))
        let variables = plan.processes.map { $0.environment["IDLE_EXIT_SECONDS"] }
        #expect(variables.compactMap(\.self) == [SecretValue("7")])
    }

    @Test func `a worker on a bus of the user's own stays awake and says so`() throws {
        let plan = try plan(
            of: SampleStack.sleepers,
            overrides: ["BUS": "Endpoint=sb://mine"],
            sleepAfter: .seconds(7)
        )
        #expect(plan.processes.first { $0.name == "worker" }?.sleep == nil)
        #expect(plan.notes.filter { $0.text.contains("bus of your own") }.map(\.subject) == ["worker", "mailer"])
    }

    private func plan(
        of stack: Stack,
        overrides: [String: String] = [:],
        generated: [String: SecretValue] = ["SIGNING_KEY": SecretValue("made")],
        portOffset: Int = 0,
        sleepAfter: Duration? = nil
    ) throws -> LocalPlan {
        try LocalPlan(
            try stack.lowered(),
            in: LocalContext(
                overrides: overrides,
                generatedSecrets: generated,
                dataDirectory: "data",
                portOffset: portOffset,
                sleepAfter: sleepAfter,
                broker: LocalContext.Broker(
                    executable: "infra",
                    arguments: ["emulator"],
                    environment: [:],
                    port: 5300,
                    keyName: "key",
                    key: SecretValue("k")
                )
            )
        )
    }
}

/// Small stacks, each for one question.
enum SampleStack {
    enum Functions: FunctionAppContract {
        static let executable = "Functions"
        static let bus = Setting<BusConnection>("BUS")
        static let queue = Setting<QueueName>("QUEUE")
        static let work = QueueFunction<String>("Work")
        static let functions = [work.name]
        static let settings = [bus.declaration, queue.declaration]
    }

    enum Chat: ServiceContract {
        static let executable = "Chat"
        static let api = Setting<String>("API_URL", required: false)
        static let port = Setting<String>("PORT", required: false)
        static let redis = Setting<CacheConnection>("REDIS_URL", required: false)
        static let settings = [api.declaration, port.declaration, redis.declaration]
    }

    enum Keyed: ServiceContract {
        static let executable = "Keyed"
        static let api = SecretSetting<String>("API_KEY")
        static let signing = SecretSetting<String>("SIGNING_KEY")
        static let settings = [api.declaration, signing.declaration]
    }

    enum Parrot: ServiceContract {
        static let executable = "Parrot"
        static let key = SecretSetting<String>(
            "MODEL_KEY",
            required: false,
            fallback: SettingFallback("the parrot answers", unless: "MODEL_URL")
        )
        static let url = Setting<String>("MODEL_URL", required: false)
        static let settings = [key.declaration, url.declaration]
    }

    static let images = ContainerRegistry("images")

    static func container(
        _ name: Name,
        _ contract: any ServiceContract.Type,
        port: Int = 8000,
        _ settings: [Binding] = []
    ) -> WebContainer {
        WebContainer(
            name,
            running: contract,
            image: images.image("i", tag: "1"),
            port: port,
            scale: .fixed(1),
            settings: settings
        )
    }

    static var chatKnowsFunctions: Stack {
        let jobs = Queue("jobs", of: String.self)
        let files = Storage("files")
        let functions = FunctionApp(
            "functions",
            running: Functions.self,
            storage: files,
            functions: [.queue(Functions.work, consuming: jobs)],
            settings: [.set(Functions.bus, to: jobs.connection(.receiving)), .set(Functions.queue, to: jobs.name)]
        )
        let chat = container("chat", Chat.self, [.set(Chat.api, to: "\(functions.url)/api")])
        return Stack("sample", [images, jobs, files, functions, chat])
    }

    static var withSecrets: Stack {
        let vault = SecretStore("vault")
        let keyed = container(
            "keyed",
            Keyed.self,
            [
                .inject(Keyed.api, from: vault.secret("API_KEY")),
                .inject(Keyed.signing, from: vault.generatedSecret("SIGNING_KEY")),
            ]
        )
        return Stack("sample", [images, vault, keyed])
    }

    static var withFallback: Stack {
        Stack("sample", [images, container("parrot", Parrot.self)])
    }

    static var twins: Stack {
        Stack("sample", [images, container("one", Chat.self), container("two", Chat.self)])
    }

    enum Worker: ServiceContract {
        static let executable = "Worker"
        static let bus = Setting<BusConnection>("BUS")
        static let settings = [bus.declaration]
    }

    static func container(_ name: Name, scale: Scale) -> WebContainer {
        WebContainer(name, running: Chat.self, image: images.image("i", tag: "1"), scale: scale)
    }

    static func worker(
        _ name: Name,
        of origin: some MessageOrigin<String>,
        on bus: Output<BusConnection>
    ) -> any Resource {
        WorkerContainer(
            name,
            running: Worker.self,
            image: images.image("i", tag: "1"),
            consuming: origin,
            scale: .toZero(upTo: 2, when: origin.backlog(perReplica: 5)),
            settings: [.set(Worker.bus, to: bus)]
        )
    }

    static var sleepers: Stack {
        let jobs = Queue("jobs", of: String.self)
        let news = Topic("news", of: String.self)
        let mail = Subscription("mail", to: news)
        return Stack(
            "sample",
            [
                images, jobs, news, mail,
                container("chat", scale: .toZero(upTo: 2, when: .requests(perReplica: 10))),
                container("warm", scale: .warm(upTo: 2, on: .requests(perReplica: 10))),
                worker("worker", of: jobs, on: jobs.connection(.receiving)),
                worker("mailer", of: mail, on: jobs.connection(.receiving)),
            ]
        )
    }

    static var withCache: Stack {
        let cache = Cache("cache")
        return Stack("sample", [images, cache, container("chat", Chat.self, [.set(Chat.redis, to: cache.connection)])])
    }
}

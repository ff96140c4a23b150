import Settings
import StackGraph
import StackModel
import Testing

struct LoweringTests {
    @Test func `nodes are sorted by name and found by it`() throws {
        let names = ["topic-b", "queue-a", "zebra", "a", "m"]
        let graph = try Stack("shop", names.map { Queue(Name($0), of: Job.self) }).lowered()
        #expect(graph.nodes.map(\.id.name) == names.sorted())
        for name in names { #expect(graph[ResourceID(name)]?.id.name == name) }
        for name in ["", "b", "zz"] { #expect(graph[ResourceID(name)] == nil) }
    }

    @Test func `a service keeps its program, its arguments and its settings`() throws {
        let app = WebContainer.reader("app", .set(Reader.url, to: "https://example.com"))
        let graph = try Stack("shop", [registry, app]).lowered()
        let service = try #require(graph[ResourceID("app")]?.service)
        #expect(service.executable == "Reader")
        #expect(service.arguments == ["--role", "reader"])
        #expect(service.environment == [Variable(name: "URL", value: .plain(.literal("https://example.com")))])
        #expect(service.contract.map(\.name) == Reader.settings.map(\.name))
        #expect(service.contract.filter(\.isSecret).map(\.name) == ["API_KEY", "TOKEN"])
    }

    @Test func `secrets are found where they are used and listed once, by name`() throws {
        let vault = SecretStore("vault")
        let unused = SecretStore("unused")
        let graph = try Stack(
            "shop",
            [
                registry, vault, unused,
                WebContainer.reader(
                    "first",
                    .inject(Reader.token, from: vault.generatedSecret("TOKEN")),
                    .inject(Reader.key, from: vault.secret("API_KEY"))
                ),
                WebContainer.reader("second", .inject(Reader.key, from: vault.secret("API_KEY"))),
            ]
        ).lowered()
        let stores = graph.nodes.compactMap { node -> [SecretNode]? in
            if case .secretStore(let store) = node.kind { store.secrets } else { nil }
        }
        #expect(
            stores == [
                [],
                [SecretNode(name: "API_KEY", origin: .provided), SecretNode(name: "TOKEN", origin: .generated)],
            ]
        )
    }

    @Test func `lowering twice gives the same graph`() throws {
        let vault = SecretStore("vault")
        let app = WebContainer.reader(
            "app",
            .inject(Reader.token, from: vault.generatedSecret("TOKEN")),
            .inject(Reader.key, from: vault.secret("API_KEY"))
        )
        #expect(try Stack("s", [vault, app, registry]).lowered() == Stack("s", [registry, app, vault]).lowered())
    }

    @Test(
        arguments: [
            (TimerSchedule.everyMinutes(5), "0 */5 * * * *"),
            (.everyMinutes(1), "0 */1 * * * *"),
            (.hourly(minute: 0), "0 0 * * * *"),
            (.hourly(minute: 59), "0 59 * * * *"),
            (.daily(hour: 23, minute: 5), "0 5 23 * * *"),
        ]
    )
    func `a schedule becomes an NCRONTAB expression of six fields`(schedule: TimerSchedule, text: String) throws {
        let tick = TimerFunction(Clockwork.tick.name, schedule)
        let app = FunctionApp("ticks", running: Clockwork.self, storage: host, functions: [.timer(tick)])
        guard case .functionApp(let node) = try Stack("s", [host, app]).lowered()[ResourceID("ticks")]?.kind else {
            Issue.record("no function app")
            return
        }
        #expect(node.functions == [FunctionNode(name: "Tick", trigger: .timer(schedule: text))])
    }

    @Test func `a timer that runs at the start says so in the graph`() throws {
        let tick = TimerFunction(Clockwork.tick.name, .hourly(minute: 0), runsOnStartup: true)
        let app = FunctionApp("ticks", running: Clockwork.self, storage: host, functions: [.timer(tick)])
        guard case .functionApp(let node) = try Stack("s", [host, app]).lowered()[ResourceID("ticks")]?.kind else {
            Issue.record("no function app")
            return
        }
        #expect(node.functions.map(\.trigger) == [.timer(schedule: "0 0 * * * *", runsOnStartup: true)])
    }

    @Test func `durations are rounded up to whole seconds`() throws {
        let queue = Queue(
            "jobs",
            of: Job.self,
            lock: .milliseconds(5_001),
            deduplication: .minutes(1),
            timeToLive: .days(2)
        )
        #expect(
            try Stack("s", [queue]).lowered().nodes.map(\.kind) == [
                .queue(
                    QueueNode(
                        maxDeliveries: 10,
                        lockSeconds: 6,
                        deduplicationSeconds: 60,
                        timeToLiveSeconds: 172_800
                    )
                )
            ]
        )
    }
}

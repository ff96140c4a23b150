import Settings
import StackGraph
import StackModel
import Testing

/// Numbers at the edges of what Azure takes.
struct LimitTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let resource: any Resource
        let problem: String?
        var testDescription: String { "\(resource.declaration.node.id): \(problem ?? "fine")" }

        init(_ resource: any Resource, _ problem: String? = nil) {
            self.resource = resource
            self.problem = problem
        }
    }

    static let jobs = Queue("jobs", of: Job.self)

    static let scales: [Case] = [
        Case(scaled(.fixed(1))),
        Case(scaled(.fixed(1000))),
        Case(scaled(.fixed(0)), "replicas to 0; Azure takes 1 to 1000."),
        Case(scaled(.fixed(-3)), "replicas to -3; Azure takes 1 to 1000."),
        Case(scaled(.fixed(1001)), "replicas to 1001; Azure takes 1 to 1000."),
        Case(scaled(.toZero(upTo: 0, when: .requests(perReplica: 1))), "replicas to 0; Azure takes 1 to 1000."),
        Case(scaled(.toZero(upTo: 1, when: jobs.backlog(perReplica: 1)))),
        Case(
            scaled(.toZero(upTo: 1, when: jobs.backlog(perReplica: 0))),
            "backlog per replica to 0; Azure takes 1 to 1000000."
        ),
        Case(
            scaled(.toZero(upTo: 1, when: .requests(perReplica: 5), jobs.backlog(perReplica: -1))),
            "backlog per replica to -1; Azure takes 1 to 1000000."
        ),
        Case(scaled(.warm(upTo: 2, on: .cpu(percent: 1), .requests(perReplica: 100_000)))),
        Case(scaled(.warm(upTo: 2, on: .cpu(percent: 0))), "cpu percent to 0; Azure takes 1 to 100."),
        Case(scaled(.warm(upTo: 2, on: .cpu(percent: 101))), "cpu percent to 101; Azure takes 1 to 100."),
        Case(
            scaled(.warm(upTo: 2, on: .requests(perReplica: 0))),
            "requests per replica to 0; Azure takes 1 to 100000."
        ),
    ]

    static let queues: [Case] = [
        Case(Queue("q", of: Job.self, maxDeliveries: 1, lock: .seconds(5), deduplication: .seconds(20))),
        Case(Queue("q", of: Job.self, maxDeliveries: 2000, lock: .minutes(5), deduplication: .days(7))),
        Case(Queue("q", of: Job.self, maxDeliveries: 2001), "maxDeliveries to 2001; Azure takes 1 to 2000."),
        Case(Queue("q", of: Job.self, lock: .seconds(4)), "lock, in seconds, to 4; Azure takes 5 to 300."),
        Case(Queue("q", of: Job.self, lock: .seconds(301)), "lock, in seconds, to 301; Azure takes 5 to 300."),
        Case(
            Queue("q", of: Job.self, deduplication: .seconds(19)),
            "deduplication, in seconds, to 19; Azure takes 20 to 604800."
        ),
        Case(
            Topic("q", of: Job.self, deduplication: .days(8)),
            "deduplication, in seconds, to 691200; Azure takes 20 to 604800."
        ),
        Case(
            Queue("q", of: Job.self, timeToLive: .zero),
            "timeToLive, in seconds, to 0; Azure takes 1 to 922337203685."
        ),
    ]

    static let others: [Case] = [
        Case(Telemetry("logs", retentionDays: 30)),
        Case(Telemetry("logs", retentionDays: 730)),
        Case(Telemetry("logs", retentionDays: 29), "retentionDays to 29; Azure takes 30 to 730."),
        Case(model(capacity: 1)),
        Case(model(capacity: 0), "capacity to 0; Azure takes 1 to 100000."),
        Case(ticks(.everyMinutes(1))),
        Case(ticks(.everyMinutes(59))),
        Case(ticks(.everyMinutes(0)), "minutes to 0; Azure takes 1 to 59."),
        Case(ticks(.everyMinutes(60)), "minutes to 60; Azure takes 1 to 59."),
        Case(ticks(.hourly(minute: 60)), "minute to 60; Azure takes 0 to 59."),
        Case(ticks(.daily(hour: 24, minute: 0)), "hour to 24; Azure takes 0 to 23."),
        Case(ticks(.daily(hour: 0, minute: -1)), "minute to -1; Azure takes 0 to 59."),
        Case(ticks(.hourly(minute: 0), maximumInstances: 1000)),
        Case(ticks(.hourly(minute: 0), maximumInstances: 1001), "maximumInstances to 1001; Azure takes 1 to 1000."),
    ]

    @Test(arguments: scales + queues + others)
    func `a number is taken to the edge and no further`(_ example: Case) {
        let stack = Stack("s", [registry, host, Self.jobs, example.resource])
        let name = example.resource.declaration.node.id
        #expect(stack.problems.map(\.description) == (example.problem.map { ["'\(name)' sets \($0)"] } ?? []))
    }

    @Test(
        arguments: [
            (Scale.fixed(3), 3...3), (.warm(upTo: 7, on: .cpu(percent: 50)), 1...7),
            (.toZero(upTo: 4, when: .requests(perReplica: 9)), 0...4),
        ]
    )
    func `a scale says how many replicas run`(scale: Scale, replicas: ClosedRange<Int>) throws {
        let graph = try Stack("s", [registry, WebContainer.reader("app", scale: scale)]).lowered()
        guard case .containerApp(let app) = graph[ResourceID("app")]?.kind else {
            Issue.record("no container app")
            return
        }
        #expect(app.replicas == replicas)
    }

    private static func scaled(_ scale: Scale) -> WebContainer { .reader("app", scale: scale) }

    private static func model(capacity: Int) -> ModelDeployment {
        ModelDeployment("model", model: "gpt-4o-mini", version: "2024-07-18", capacity: capacity)
    }

    private static func ticks(_ schedule: TimerSchedule, maximumInstances: Int = 100) -> FunctionApp {
        FunctionApp(
            "ticks",
            running: Clockwork.self,
            storage: host,
            functions: [.timer(TimerFunction(Clockwork.tick.name, schedule))],
            maximumInstances: maximumInstances
        )
    }
}

import Settings
import StackGraph
import StackModel
import Testing

@testable import Planning

struct CostTests {
    private static let month = 730.0 * 3600

    @Test func `a container that sleeps pays for the time it is up`() throws {
        let estimate = CostEstimate(graph(app()), Usage(requests: 100, secondsPerRequest: 2))
        let line = try #require(estimate.lines.first { $0.subject == .resource(ResourceID("chat")) })
        // Each request keeps half a core and a GiB up for itself and the cooldown.
        #expect(line.quantity(of: .containerProcessorActive) == 15_100.0)
        #expect(line.quantity(of: .containerMemoryActive) == 30_200.0)
        #expect(line.quantity(of: .containerRequests) == 100.0)
        #expect(!line.isAlwaysOn)
        // All of it is within what is free.
        #expect(estimate.total == 0)
        #expect(estimate.grants.count == 3)
    }

    @Test func `it is up no longer than there is traffic, and no more replicas than are allowed`() throws {
        let busy = Usage(requests: 10_000_000, secondsPerRequest: 10, busyHours: 100)
        let crowded = ReplicaTime(app(), busy)
        #expect(crowded.active == 10_000_000.0 * 10 / 50)
        #expect(ReplicaTime(app(), Usage(requests: 100_000, busyHours: 100)).active == 360_000)
        let endless = ReplicaTime(app(), Usage(requests: 1e14, secondsPerRequest: 10))
        #expect(endless.active == 10 * Self.month)
    }

    @Test func `a container that never sleeps is idle in between, and flagged`() throws {
        let estimate = CostEstimate(graph(app(replicas: 2...10)), Usage(requests: 1000, secondsPerRequest: 2))
        let line = try #require(estimate.lines.first)
        #expect(line.isAlwaysOn)
        #expect(line.quantity(of: .containerProcessorActive) == 1000.0)
        #expect(line.quantity(of: .containerProcessorIdle) == (2 * Self.month - 2000) * 0.5)
        #expect(estimate.savedBySleeping == nil)
        // However many come, they come in the hours with traffic.
        let busy = ReplicaTime(app(replicas: 2...10), Usage(requests: 1_000_000, secondsPerRequest: 2, busyHours: 100))
        #expect(busy.active == 720_000)
        #expect(busy.idle == 2 * Self.month - 720_000)
    }

    @Test func `sleeping saves the difference to a replica that is always up`() throws {
        let usage = Usage(requests: 0)
        let asleep = CostEstimate(graph(app()), usage)
        let awake = CostEstimate(graph(app(replicas: 1...10)), usage)
        let saved = try #require(asleep.savedBySleeping)
        #expect(abs(saved - (awake.total - asleep.total)) < 0.000_001)
        #expect(abs(saved - Self.month * (0.5 + 1) * 0.000_003) < 0.000_001)
    }

    @Test func `free grants count once however many resources use them`() throws {
        let apps = (0..<3).map { Node(id: ResourceID("app\($0)"), kind: .containerApp(app())) }
        let estimate = CostEstimate(
            Graph(name: "three", nodes: apps),
            Usage(requests: 1_000_000, secondsPerRequest: 10)
        )
        let processor = try #require(estimate.grants.first { $0.price.meter == .containerProcessorActive })
        #expect(processor.quantity == 180_000)
        let requests = try #require(estimate.grants.first { $0.price.meter == .containerRequests })
        #expect(requests.quantity == 2_000_000)
        let gross = estimate.lines.reduce(0) { $0 + $1.amount }
        #expect(abs(estimate.total - (gross - estimate.grants.reduce(0) { $0 + $1.amount })) < 0.000_001)
    }

    @Test func `one bus serves all queues, and dead letters are rare`() throws {
        let queue = QueueNode(maxDeliveries: 1, lockSeconds: 60, deduplicationSeconds: nil, timeToLiveSeconds: nil)
        let worker = app(port: nil, source: MessageSource(origin: ResourceID("jobs"), deadLetters: ResourceID("dead")))
        let topic = SubscriptionNode(topic: ResourceID("news"), filter: .everything, maxDeliveries: 1, lockSeconds: 60)
        let nodes = [
            Node(id: ResourceID("jobs"), kind: .queue(queue)), Node(id: ResourceID("dead"), kind: .queue(queue)),
            Node(id: ResourceID("news"), kind: .topic(TopicNode(deduplicationSeconds: nil, timeToLiveSeconds: nil))),
            Node(id: ResourceID("readers"), kind: .subscription(topic)),
            Node(id: ResourceID("worker"), kind: .containerApp(worker)),
        ]
        let estimate = CostEstimate(Graph(name: "bus", nodes: nodes), Usage(messages: 100_000_000))
        let ids = ["dead", "jobs", "news", "readers"].map { ResourceID($0) }
        let line = try #require(estimate.lines.first { $0.subject == .messageBus(ids) })
        #expect(line.isAlwaysOn)
        #expect(line.quantity(of: .busOperations) == 600_000_000)
        // 13 million are in the base price; then three steps.
        let operations = try #require(line.charges.first { $0.price.meter == .busOperations })
        #expect(abs(operations.amount - (87 * 0.80 + 500 * 0.50)) < 0.000_001)
        #expect(estimate.lines.count == 2)
    }

    @Test func `functions pay for at least a second, and timers for their runs`() throws {
        let functions = [
            FunctionNode(name: "accept", trigger: .http(method: "POST", route: "events")),
            FunctionNode(name: "tick", trigger: .timer(schedule: "0 0 * * * *")),
        ]
        let kind = Node.Kind.functionApp(
            FunctionAppNode(service: service, storage: ResourceID("files"), functions: functions, maximumInstances: 10)
        )
        let usage = Usage(requests: 1000, secondsPerRequest: 0.2)
        let estimate = CostEstimate(Graph(name: "f", nodes: [Node(id: ResourceID("f"), kind: kind)]), usage)
        let line = try #require(estimate.lines.first)
        let runs = 1000 + 24 * 365.25 / 12
        #expect(line.quantity(of: .functionExecutions) == runs)
        #expect(line.quantity(of: .functionTime) == runs * 0.5)
    }

    static let schedules: [(schedule: String, daily: Double?)] = [
        ("0 */5 * * * *", 288), ("0 0 9-17 * * 1-5", 9 * 5 / 7.0), ("0,30 * * * * *", 2880), ("0 10/20 * * * *", 72),
        ("0 0 0 1 * *", 1 / 31.0), ("* * * * *", nil), ("0 0 0 * JAN *", nil), ("0 */0 * * * *", nil),
        ("0 60 * * * *", nil), ("0 5-1 * * * *", nil), ("0 1,,2 * * * *", nil), ("0 - * * * *", nil),
    ]

    @Test(arguments: schedules)
    func `a schedule is counted`(row: (schedule: String, daily: Double?)) {
        let found = TimerRuns.perMonth(row.schedule).map { $0 / (365.25 / 12) }
        #expect(found == nil && row.daily == nil || abs((found ?? -1) - (row.daily ?? -2)) < 0.000_001)
    }

    @Test func `what has no known price is named and left out`() {
        let model = ModelNode(model: "gpt-4o-mini", version: "2024-07-18", capacity: 10)
        let storage = StorageNode(containers: [], tables: [])
        let nodes = [
            Node(id: ResourceID("files"), kind: .storage(storage)),
            Node(id: ResourceID("model"), kind: .modelDeployment(model)),
        ]
        let spread = CostEstimate(Graph(name: "x", redundancy: .zones, nodes: nodes))
        #expect(spread.total == 0)
        #expect(
            spread.unpriced.map(\.what) == ["storage that is spread over zones", "tokens of gpt-4o-mini 2024-07-18"]
        )
        #expect(
            CostEstimate(Graph(name: "x", nodes: nodes)).unpriced.map(\.what) == ["tokens of gpt-4o-mini 2024-07-18"]
        )
        let nothing = PriceTable(date: "2026-01-01", region: "nowhere", prices: [])
        let unknown = CostEstimate(
            Graph(name: "x", nodes: [Node(id: ResourceID("cache"), kind: .cache)]),
            prices: nothing
        )
        #expect(unknown.unpriced.map(\.what) == ["cacheNode"])
        #expect(unknown.total == 0)
    }

    @Test func `a cache in two zones has two nodes`() {
        let cache = [Node(id: ResourceID("cache"), kind: .cache)]
        #expect(CostEstimate(Graph(name: "x", nodes: cache)).lines[0].quantity(of: .cacheNode) == 730)
        #expect(
            CostEstimate(Graph(name: "x", redundancy: .zones, nodes: cache)).lines[0].quantity(of: .cacheNode) == 1460
        )
    }

    @Test func `images beyond what a registry includes are paid for`() throws {
        let graph = Graph(name: "x", nodes: [Node(id: ResourceID("images"), kind: .registry)])
        let line = CostEstimate(graph, Usage(imageGB: 25)).lines[0]
        #expect(abs(line.amount - (0.1666 * 730 / 24 + 1.5)) < 0.000_001)
    }

    @Test func `every price says what stands behind it, and every meter has one`() {
        let table = PriceTable.current
        #expect(Set(table.prices.map(\.meter)) == Set(Meter.allCases))
        #expect(table.prices.count == Meter.allCases.count)
        #expect(table.prices.allSatisfy { !$0.source.isEmpty && $0.batch > 0 })
        #expect(table.prices.filter { $0.evidence == .unverified }.map(\.meter) == [.tableOperations, .logs])
    }

    // MARK: Samples

    private let service = ServiceNode(executable: "App", arguments: [], contract: [], environment: [])

    private func app(
        replicas: ClosedRange<Int> = 0...10,
        port: Int? = 8000,
        source: MessageSource? = nil
    ) -> ContainerAppNode {
        ContainerAppNode(
            service: service,
            image: ImageNode(registry: ResourceID("images"), repository: "chat", tag: "1"),
            port: port,
            size: .halfCore,
            replicas: replicas,
            triggers: [.http(concurrency: 50)],
            source: source
        )
    }

    private func graph(_ app: ContainerAppNode) -> Graph {
        Graph(name: "one", nodes: [Node(id: ResourceID("chat"), kind: .containerApp(app))])
    }
}

extension CostEstimate.Line {
    fileprivate func quantity(of meter: Meter) -> Double? {
        charges.first { $0.price.meter == meter }?.quantity
    }
}

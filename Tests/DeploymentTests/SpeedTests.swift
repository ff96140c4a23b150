import Azure
import AzureSimulator
import Deployment
import Engine
import Planning
import Rehearsal
import Renderers
import SampleStacks
import Settings
import StackGraph
import StackModel
import TestInstruments
import Testing

@testable import infra

struct SpeedTests {
    enum Subject: CaseIterable {
        case everyKind, production

        var graph: Graph {
            get throws {
                switch self {
                case .everyKind: try SampleStacks.complete()
                case .production: try Lightening.graph(.production)
                }
            }
        }
    }

    @Test(arguments: Subject.allCases)
    func `a new stack takes hardly longer than the longest chain of what it needs`(subject: Subject) throws {
        let template = ARMTemplate(try subject.graph)
        let scope = DeploymentScope(tenant: "t", subscription: "s", resourceGroup: "g", location: "westeurope")
        let desired = try ARMResolver(template, in: scope, parameters: [:]) { _, _ in nil }.desired()
        let course = Course(of: Plan(desired: desired, live: [:], applied: [:]))
        // The lock needs its account first.
        let whole = Course.seenEnd(ResourceType.storageAccount.creationTime) + course.duration
        #expect(whole <= course.longestChain * 1.15)
    }

    @Test func `every step begins when the last that it waits for ends`() async throws {
        try await SimulatedPlace.withEvents { place in
            let deployer = Deployer(try SampleStacks.complete(), at: place)
            let plan = try await deployer.survey().plan
            let watch = TimeSource(clock: place.time.clock).stopwatch()
            let starts = Shared<[String: Duration]>([:])
            let ends = Shared<[String: Duration]>([:])
            try await deployer.up { event in
                switch event {
                case .started(let id, _): starts.withLock { $0[id] = watch() }
                case .succeeded(let id, _): ends.withLock { $0[id] = watch() }
                case .failed, .skipped, .waiting, .noted: break
                }
            }
            let begun = starts.withLock { $0 }
            let ended = ends.withLock { $0 }
            let first = try #require(begun.values.min())
            // What is told of an app ends with its verification, for which nobody waits.
            let verified = Set(plan.operations.filter { $0.id.phase == .verify }.map(\.id.resource))
            for operation in plan.operations where operation.id.phase != .verify {
                let mates = plan.operations.filter { $0.lane != nil && $0.lane == operation.lane }
                let start = try #require(begun[operation.id.resource])
                let needs = operation.after.compactMap { ended[$0.resource] }.max() ?? first
                let turns = mates.compactMap { ended[$0.id.resource] }.filter { $0 <= start }
                guard verified.isDisjoint(with: operation.after.map(\.resource) + mates.map(\.id.resource)) else {
                    continue
                }
                #expect(start == max(needs, turns.max() ?? needs), "\(operation.id)")
            }
        }
    }

    @Test func `requests of which none needs the answer of another are sent at once`() async throws {
        let queues = (0..<12).map { Queue(Name("queue\($0)"), of: String.self) }
        let graph = try Stack("queues", queues).lowered()
        try await SimulatedPlace.withEvents {
            $0.readLatency = .seconds(1)
        } _: { place in
            let deployer = Deployer(graph, at: place)
            try await deployer.up()
            let watch = TimeSource(clock: place.time.clock).stopwatch()
            #expect(try await deployer.survey().isSettled)
            // The subscription, the group, the ledger, and its newest version.
            #expect(watch() == .seconds(4))
        }
    }
}

/// How a plan goes on paper: in the program's own order and pace, with the simulator's times, and where Azure never says
/// when to look again.
private struct Course {
    private let operations: [Plan.Operation.ID: Plan.Operation]
    private let times: [Plan.Operation.ID: Duration]

    init(of plan: Plan) {
        let types = Dictionary(uniqueKeysWithValues: plan.steps.map { ($0.id, $0.type) })
        operations = Dictionary(uniqueKeysWithValues: plan.operations.map { ($0.id, $0) })
        times = operations.mapValues { $0.id.phase == .verify ? .zero : types[$0.id.resource]?.creationTime ?? .zero }
    }

    /// When the end of an operation is seen that takes this long.
    static func seenEnd(_ time: Duration) -> Duration {
        let pace = PollingPace()
        var moment = Duration.zero
        var look = 0
        while moment < time {
            moment += pace.wait(before: look)
            look += 1
        }
        return moment
    }

    var duration: Duration {
        var schedule = Schedule(operations.values.map { .init($0.id, after: $0.after, lane: $0.lane) })
        var running: [Plan.Operation.ID: Duration] = [:]
        var now = Duration.zero
        var decisions = schedule.start()
        while true {
            for case .start(let id) in decisions { running[id] = now + Self.seenEnd(times[id] ?? .zero) }
            guard let next = running.min(by: { ($0.value, $0.key) < ($1.value, $1.key) }) else { return now }
            running[next.key] = nil
            now = next.value
            decisions = schedule.finished(next.key, succeeded: true)
        }
    }

    /// How long it takes where everything begins as soon as all that it needs is there, and is told of it at once.
    var longestChain: Duration {
        var ends: [Plan.Operation.ID: Duration] = [:]
        func end(_ id: Plan.Operation.ID) -> Duration {
            if let known = ends[id] { return known }
            let start = (operations[id]?.after ?? []).map(end).max() ?? .zero
            let end = start + (times[id] ?? .zero)
            ends[id] = end
            return end
        }
        return operations.keys.map(end).max() ?? .zero
    }
}

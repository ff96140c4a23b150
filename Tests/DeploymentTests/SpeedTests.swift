import Azure
import AzureSimulator
import Deployment
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

@Suite(.serialized)
struct SpeedTests {
    enum Subject: CaseIterable {
        case everyKind, dev, production

        func graph() throws -> Graph {
            switch self {
            case .everyKind: try SampleStacks.complete()
            case .dev: try Lightening.graph(.dev)
            case .production: try Lightening.graph(.production)
            }
        }
    }

    @Test(arguments: Subject.allCases)
    func `a new stack takes hardly longer than the longest chain of what it needs`(subject: Subject) async throws {
        try await SimulatedPlace.withEvents { place in
            let deployer = Deployer(try subject.graph(), at: place)
            let plan = try await deployer.survey().plan
            let summary = try await deployer.up()
            #expect(summary.isComplete)
            // The lock needs its account first; the rest of what comes before and after the steps are single requests.
            let account = ResourceType.storageAccount.creationTime
            #expect(account + summary.elapsed <= longestChain(of: plan) * 1.15)
        }
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
            for operation in plan.operations {
                let mates = plan.operations.filter { $0.lane != nil && $0.lane == operation.lane }
                let start = try #require(begun[operation.id.resource])
                let needs = operation.after.compactMap { ended[$0.resource] }.max() ?? first
                let turns = mates.compactMap { ended[$0.id.resource] }.filter { $0 <= start }
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

    /// How long a plan takes that begins everything as soon as all that it needs is there, and is told of it at once.
    private func longestChain(of plan: Plan) -> Duration {
        let types = Dictionary(uniqueKeysWithValues: plan.steps.map { ($0.id, $0.type) })
        let operations = Dictionary(uniqueKeysWithValues: plan.operations.map { ($0.id, $0) })
        var ends: [Plan.Operation.ID: Duration] = [:]
        func end(_ id: Plan.Operation.ID) -> Duration {
            if let known = ends[id] { return known }
            let start = (operations[id]?.after ?? []).map(end).max() ?? .zero
            let end = start + (types[id.resource]?.creationTime ?? .zero)
            ends[id] = end
            return end
        }
        return operations.keys.map(end).max() ?? .zero
    }
}

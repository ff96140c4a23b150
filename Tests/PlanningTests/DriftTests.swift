import JSONText
import Renderers
import SampleStacks
import StackGraph
import TestInstruments
import Testing

@testable import Planning

struct DriftTests {
    private func drift(_ world: World, children: [String] = []) -> Drift {
        Drift(applied: world.applied, live: world.live.mapValues { Value($0) }, children: children)
    }

    private func words(_ drift: Drift) -> [String] {
        drift.resources.flatMap { resource -> [String] in
            let name = resource.id.split(separator: "/").suffix(2).joined(separator: "/")
            switch resource.event {
            case .gone: return ["gone \(name)"]
            case .changed(let changes): return changes.map { "\(name) \($0.path): \($0.change.words)" }
            }
        }
    }

    @Test func `what was applied has not drifted, and what happened since is told exactly`() throws {
        let graph = try SampleStacks.complete()
        var world = World()
        try world.apply(graph)
        #expect(drift(world).isEmpty)
        func id(_ suffix: String) throws -> String { try #require(world.live.keys.first { $0.hasSuffix(suffix) }) }
        let queue = try id("/queues/jobs")
        world.live[queue] = world.live[queue]?.replacing(["properties", "maxDeliveryCount"], with: 7)
        let vault = try #require(world.applied.first { $0.value.type == .vault }?.key)
        world.live[vault] = world.live[vault]?.replacing(["tags"], with: ["theirs": "1"])
        world.live[try id("/topics/news")] = nil
        #expect(
            words(drift(world)).filter { !$0.hasPrefix("vaults") } == [
                "queues/jobs properties.maxDeliveryCount: 3 → 7", "gone topics/news",
            ]
        )
        #expect(
            words(drift(world)).contains { $0.hasPrefix("vaults/") && $0.hasSuffix("tags.slipway-stack: complete →") }
        )
    }

    @Test func `an element more in an array is told, and a value that nobody knows is not`() {
        let applied = Plan.Applied(
            type: .containerApp,
            body: .object([
                .init("secrets", .list([.object([.init("name", "a")])])), .init("x", .expression("b.fqdn")),
                .init("y", .expression("unknown")), .init("z", .secret(HiddenValue(nil))),
            ]),
            needs: []
        )
        let live = Value(["secrets": [["name": "a"], ["name": "b"]], "x": "host", "z": "***"] as JSON)
        #expect(words(Drift(applied: ["/a/b": applied], live: ["/A/B": live], children: [])) == ["a/b secrets[b]: → …"])
    }

    @Test func `what may never have been made is not gone`() throws {
        let graph = try SampleStacks.small()
        let record = try World().record(graph, 1, .applying)
        #expect(Drift(applied: DeploymentRecord.applied(from: [record]), live: [:], children: []).isEmpty)
    }

    @Test func `what somebody made below ours is told, and what comes with ours is not`() throws {
        let graph = try SampleStacks.complete()
        var world = World()
        try world.apply(graph)
        func id(_ type: ResourceType) throws -> String {
            try #require(world.applied.first { $0.value.type == type }?.key)
        }
        let theirs = [
            try id(.namespace) + "/queues/theirs",
            try id(.vault) + "/providers/Microsoft.Insights/diagnosticSettings/x",
        ]
        let own = [
            try id(.subscription) + "/rules/$DEFAULT", try id(.site) + "/functions/Create",
            try id(.storageAccount) + "/fileServices/default", "/subscriptions/s/resourceGroups/g/providers/A.B/c/d",
        ]
        let all = theirs + own + world.applied.keys.map { $0.uppercased() }
        #expect(drift(world, children: all).strangers == theirs.sorted())
    }

    @Test(arguments: 0..<20)
    func `what is deleted or changed at random is exactly what a plan repairs and drift tells`(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let graph = try RandomStack(seed: seed).graph
        var world = World()
        try world.apply(graph)
        var gone: Set<String> = []
        var changed: Set<String> = []
        for (id, body) in world.live.sorted(by: { $0.key < $1.key }) {
            switch Int.random(in: 0..<6, using: &random) {
            case 0 where !world.live.keys.contains { $0.hasPrefix("\(id)/") }:
                world.live[id] = nil
                gone.insert(id)
            case 1 where body["tags"] != nil:
                world.live[id] = body.replacing(["tags", "slipway-stack"], with: "theirs")
                changed.insert(id)
            default: break
            }
        }
        let drift = drift(world)
        #expect(Set(drift.resources.filter { $0.event == .gone }.map(\.id)) == gone)
        #expect(Set(drift.resources.filter { $0.event != .gone }.map(\.id)) == changed)
        let plan = try world.plan(graph)
        #expect(Set(plan.steps.filter { if case .create = $0.action { true } else { false } }.map(\.id)) == gone)
        // What a resource that is gone told others is not known until it is back.
        #expect(changed.isSubset(of: plan.steps.map(\.id)))
        try world.apply(graph)
        #expect(try world.plan(graph).words == [])
    }
}

extension PropertyChange.Change {
    fileprivate var words: String {
        switch self {
        case .added(let new): "→ \(new.scalar ?? "…")"
        case .removed(let old): "\(old.scalar ?? "…") →"
        case .changed(let old, let new): "\(old.scalar ?? "…") → \(new.scalar ?? "…")"
        }
    }
}

import Engine
import JSONText
import Renderers
import SampleStacks
import StackGraph
import StackModel
import Testing

@testable import Planning

struct PlanTests {
    @Test func `the first plan creates all, and the second does nothing`() throws {
        let graph = try SampleStacks.complete()
        var world = World()
        let first = try world.plan(graph)
        #expect(first.steps.count == ARMTemplate(graph).resources.count { !$0.isExisting })
        #expect(first.unchanged == 0)
        try world.apply(graph)
        let second = try world.plan(graph)
        #expect(second.words == [] && second.unchanged == first.steps.count)
    }

    @Test func `what somebody changed, deleted or added is exactly what is repaired`() throws {
        let graph = try SampleStacks.small()
        var world = World()
        try world.apply(graph)
        let queue = try #require(world.live.keys.first { $0.hasSuffix("/queues/jobs") })
        let vault = try #require(world.live.keys.first { $0.contains("/vaults/") && !$0.contains("/secrets/") })
        world.live[queue] = world.live[queue]?.replacing(["properties", "maxDeliveryCount"], with: 3)
        world.live[vault] = nil
        world.live["/subscriptions/s/theirs"] = ["properties": [:]]
        let plan = try world.plan(graph).words
        #expect(plan.contains("~ queues/jobs: properties.maxDeliveryCount"))
        #expect(plan.contains { $0.hasPrefix("+ vaults/vault-") })
        #expect(!plan.contains { $0.contains("theirs") })
    }

    @Test func `a resource that the stack no longer has goes with its parent, after all that needed it`() throws {
        var world = World()
        try world.apply(try SampleStacks.small())
        let registry = ContainerRegistry("registry")
        let plan = try world.plan(try Stack("shop", [registry]).lowered())
        let deletions = plan.steps.filter { $0.action == .delete }
        #expect(!plan.steps.contains { $0.type == .registry })
        let places = Dictionary(uniqueKeysWithValues: plan.order.enumerated().map { ($1, $0) })
        let namespace = try #require(deletions.first { $0.type == .namespace })
        let queue = try #require(deletions.first { $0.type == .queue })
        #expect(queue.cause == namespace.id && places[.init(.delete, queue.id)] == nil)
    }

    @Test func `what cannot be changed is replaced, and says why`() throws {
        func graph(_ deduplication: Duration?) throws -> Graph {
            try Stack("s", [Queue("q", of: String.self, deduplication: deduplication)]).lowered()
        }
        var world = World()
        try world.apply(try graph(nil))
        #expect(try world.plan(graph(.minutes(5))).words == ["± queues/q: properties.requiresDuplicateDetection"])
    }

    @Test func `a secret is in no text of a plan`() throws {
        let plan = try World().plan(try SampleStacks.complete())
        #expect(!"\(plan)".contains("canary"))
        var dumped = ""
        dump(plan, to: &dumped)
        #expect(!dumped.contains("canary"))
    }

    @Test(arguments: 0..<30)
    func `every plan can be carried out, and a second one is empty`(seed: Int) throws {
        let graph = try RandomStack(seed: seed).graph
        var world = World()
        let first = try world.plan(graph)
        #expect(first.counts.create == first.steps.count && first.order.count == first.operations.count)
        try world.apply(graph)
        #expect(try world.plan(graph).words == [])
    }
}

import Renderers
import StackGraph
import StackModel
import Testing

@testable import Planning

struct ProtectionTests {
    private func graph(_ protect: Bool, _ deduplication: Duration? = nil, tables: [String] = ["rows"]) throws -> Graph {
        try Stack(
            "s",
            [
                Queue("q", of: String.self, deduplication: deduplication, protect: protect),
                Storage("files", tables: tables, protect: protect), Telemetry("logs"),
            ]
        ).lowered()
    }

    @Test func `a protected resource refuses to be replaced, and names the property`() throws {
        var world = World()
        try world.apply(try graph(true))
        let refusals = try world.plan(graph(true, .minutes(5))).refusals
        #expect(refusals.map(\.node) == [ResourceID("q")] && refusals.map(\.loss) == [.replacement])
        #expect(refusals.first?.because.map(\.description) == ["properties.requiresDuplicateDetection"])
    }

    @Test func `a protected resource that left the program refuses to go, until it was applied without protection`()
        throws
    {
        var world = World()
        try world.apply(try graph(true))
        let empty = try Stack("s", []).lowered()
        let refusals = try world.plan(empty).refusals
        #expect(refusals.allSatisfy { $0.loss == .deletion && $0.because.isEmpty })
        #expect(Set(refusals.map(\.node)) == [ResourceID("q"), ResourceID("files")])
        // Where logs go is nothing to lose.
        #expect(!refusals.contains { $0.id.contains("diagnosticSettings") })
        // Nothing changes but the ledger.
        #expect(try world.plan(graph(false)).isEmpty)
        for resource in try world.desired(graph(false)) { world.write(resource) }
        #expect(try world.plan(empty).refusals == [])
    }

    @Test func `a part of a protected resource is protected, and one that goes with another is too`() throws {
        var world = World()
        try world.apply(try graph(true))
        #expect(try world.plan(graph(true, tables: [])).refusals.map { $0.id.hasSuffix("/tables/rows") } == [true])
        world.location = "northeurope"
        let refusals = try world.plan(graph(true)).refusals
        let queue = try #require(refusals.first { $0.node == ResourceID("q") })
        #expect(queue.loss == .replacement && queue.because.map(\.description) == ["location"])
        #expect(queue.cause?.contains("/namespaces/") == true)
    }

    @Test func `protection changes no byte of what is rendered`() throws {
        for format in RenderFormat.allCases {
            #expect(try format.render(graph(true)) == format.render(graph(false)), "\(format)")
        }
    }
}

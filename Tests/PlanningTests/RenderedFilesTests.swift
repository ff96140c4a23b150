import Renderers
import SampleStacks
import StackGraph
import Testing

@testable import Planning

/// What the renderers of this package write must not fall back to lines.
struct RenderedFilesTests {
    static func graphs() throws -> [Graph] {
        try [SampleStacks.small(), SampleStacks.complete()] + (0..<20).map { try RandomStack(seed: $0).graph }
    }

    @Test func `every rendered file is read as what it is`() throws {
        for graph in try Self.graphs() {
            let files = Dictionary(
                uniqueKeysWithValues: RenderFormat.allCases.map { ($0, $0.render(graph).files) }
            )
            let difference = Difference(from: [:], to: files)
            #expect(difference.files.flatMap(\.notes) == [])
            #expect(difference.counts.added >= graph.nodes.count)
            #expect(Difference(from: files, to: files).isEmpty)
            #expect(Difference(from: files, to: files).respelled == [])
        }
    }

    @Test func `a resource more is one thing more in Bicep and in the template`() throws {
        let graph = try SampleStacks.small()
        let queue = QueueNode(maxDeliveries: 3, lockSeconds: 30, deduplicationSeconds: nil, timeToLiveSeconds: nil)
        let larger = Graph(
            name: graph.name,
            version: graph.version,
            nodes: graph.nodes + [Node(id: ResourceID("extra"), kind: .queue(queue))]
        )
        for format in [RenderFormat.bicep, .arm] {
            let difference = Difference(
                from: [format: format.render(graph).files],
                to: [format: format.render(larger).files]
            )
            #expect(difference.counts.added == 1)
            #expect(difference.counts.changed + difference.counts.removed == 0)
        }
    }
}

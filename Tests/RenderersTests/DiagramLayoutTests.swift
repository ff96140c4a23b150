import SampleStacks
import StackGraph
import Testing

@testable import Renderers

struct DiagramLayoutTests {
    private let longEdges = Graph(
        name: "long",
        nodes: (0..<40).map { index in
            let targets = [index - 1, index - 2, index - 39].filter { $0 >= 0 }.map { "node-\($0)" }
            return Node(id: ResourceID("node-\(index)"), kind: .needing(targets))
        }
    )

    @Test(arguments: 0..<20)
    func `no two boxes and labels overlap`(seed: Int) {
        let layout = layout(of: RandomGraph(seed: seed, nodes: 60, edges: 120).graph)
        let areas = layout.boxes + layout.labels
        for (index, area) in areas.enumerated() {
            for other in areas[(index + 1)...] { #expect(!area.overlaps(other)) }
        }
    }

    @Test(arguments: 0..<20)
    func `no line runs through a box`(seed: Int) {
        let layout = layout(of: RandomGraph(seed: seed, nodes: 60, edges: 120).graph)
        for route in layout.routes {
            for index in stride(from: 1, to: route.count - 1, by: 2) {
                let level = DiagramLayout.Rectangle(
                    x: route[index].x,
                    centre: route[index].y,
                    width: route[index + 1].x - route[index].x,
                    height: 0
                )
                for box in layout.boxes { #expect(!box.overlaps(level)) }
            }
        }
    }

    @Test func `users stand to the left of what they need`() throws {
        let diagram = Diagram(try SampleStacks.complete())
        let layout = layout(of: try SampleStacks.complete())
        for (edge, label) in zip(diagram.edges, layout.labels) {
            #expect(layout.boxes[edge.user].x < label.x)
            #expect(label.x < layout.boxes[edge.target].x)
        }
    }

    @Test func `everything is inside the picture`() {
        let layout = layout(of: longEdges)
        for area in layout.boxes + layout.labels {
            #expect(area.x >= 0 && area.x + area.width <= layout.size.x)
            #expect(area.centre - area.height / 2 >= 0 && area.centre + area.height / 2 <= layout.size.y)
        }
    }

    @Test func `resources in a circle are drawn too`() {
        let nodes = [("a", "b"), ("b", "a"), ("c", "c"), ("d", "a")].map { name, target in
            Node(id: ResourceID(name), kind: .needing([target]))
        }
        let layout = layout(of: Graph(name: "circle", nodes: nodes))
        #expect(layout.boxes.count == 4)
        #expect(layout.routes.map(\.count) == [4, 4, 4, 4])
    }

    @Test(
        arguments: [
            ([], [], []),
            ([5], [], [5]),
            ([0, 10, 20], [4, 4], [0, 10, 20]),
            ([10, 10], [4], [8, 12]),
            ([10, 0], [4], [3, 7]),
            ([0, 1, 50], [4, 4], [-1.5, 2.5, 50]),
            ([6, 6, 6], [3, 5], [2.333, 5.333, 10.333]),
        ] as [([Double], [Double], [Double])]
    )
    func `positions move as little as their distances allow`(wishes: [Double], distances: [Double], expected: [Double])
    {
        let positions = leastMoves(wishes, apart: distances)
        #expect(positions.count == expected.count)
        for (position, expected) in zip(positions, expected) { #expect(abs(position - expected) < 0.001) }
    }

    private func layout(of graph: Graph) -> DiagramLayout {
        let diagram = Diagram(graph)
        let measures = DiagramLayout.Measures(
            boxes: diagram.boxes.map { _ in (100, 40) },
            labels: diagram.edges.map { (40 + Double($0.user), 20) }
        )
        return DiagramLayout(diagram, measures)
    }
}

extension DiagramLayout.Rectangle {
    fileprivate func overlaps(_ other: Self) -> Bool {
        x < other.x + other.width && other.x < x + width
            && abs(centre - other.centre) < (height + other.height) / 2 - 0.001
    }
}

/// Where each part of a diagram goes: columns from left to right, users before what they need.
///
/// Columns of boxes and columns of labels take turns. A line runs from its box through its label, and past further
/// columns at points of its own, so that no line crosses a box and no label covers another.
struct DiagramLayout {
    private(set) var boxes: [Rectangle] = []
    private(set) var labels: [Rectangle] = []
    /// The points each edge runs through, from its user to its target; between two pairs it is a curve.
    private(set) var routes: [[Point]] = []
    private(set) var size = Point(x: 0, y: 0)

    struct Point: Hashable {
        var x: Double
        var y: Double
    }

    struct Rectangle: Hashable {
        var x: Double
        /// The middle, not the top: lines meet a box and a label there.
        var centre: Double
        var width: Double
        var height: Double
    }

    /// The room that the text of a diagram takes.
    struct Measures {
        let boxes: [(width: Double, height: Double)]
        let labels: [(width: Double, height: Double)]
    }

    init(_ diagram: Diagram, _ measures: Measures) {
        var columns = DiagramColumns(diagram, measures)
        columns.order()
        let centres = columns.centres()
        let spans = Self.spans(of: columns, centres)

        func rectangle(_ vertex: Int, widened: Bool) -> Rectangle {
            let (width, height) = (columns.vertices[vertex].width, columns.vertices[vertex].height)
            let span = spans[columns.vertices[vertex].column]
            let margin = widened ? 0 : (span.width - width) / 2
            let x = span.start + margin
            return Rectangle(x: x, centre: centres[vertex], width: widened ? span.width : width, height: height)
        }
        self.boxes = diagram.boxes.indices.map { rectangle($0, widened: true) }
        self.labels = diagram.edges.indices.map { rectangle(diagram.boxes.count + $0, widened: false) }
        let ports = Ports(diagram, columns, centres, boxes)
        self.routes = diagram.edges.indices.map { edge in
            let (user, target) = (boxes[diagram.edges[edge].user], boxes[diagram.edges[edge].target])
            var route = [Point(x: user.x + user.width, y: ports.leaving[edge])]
            for vertex in columns.paths[edge] {
                let span = spans[columns.vertices[vertex].column]
                route.append(Point(x: span.start, y: centres[vertex]))
                route.append(Point(x: span.start + span.width, y: centres[vertex]))
            }
            route.append(Point(x: target.x, y: ports.arriving[edge]))
            return route
        }
        let bottom = zip(columns.vertices, centres).map { $1 + $0.height / 2 }.max() ?? 0
        self.size = Point(x: spans.last.map { $0.start + $0.width } ?? 0, y: bottom)
    }

    /// Where each column begins, and how wide it is; steep lines get more room to turn.
    private static func spans(of columns: DiagramColumns, _ centres: [Double]) -> [(start: Double, width: Double)] {
        var start = 0.0
        return columns.members.map { members in
            let width = members.map { columns.vertices[$0].width }.max() ?? 0
            let climb = members.flatMap { vertex in
                columns.vertices[vertex].after.map { abs(centres[$0] - centres[vertex]) }
            }
            defer { start += width == 0 ? 0 : width + min(max(28, (climb.max() ?? 0) / 6), 120) }
            return (start, width)
        }
    }
}

/// Where lines leave and enter boxes: spread over the side, in the order of the points they come from.
private struct Ports {
    var leaving: [Double]
    var arriving: [Double]

    init(
        _ diagram: Diagram,
        _ columns: DiagramColumns,
        _ centres: [Double],
        _ boxes: [DiagramLayout.Rectangle]
    ) {
        leaving = Array(repeating: 0, count: diagram.edges.count)
        arriving = leaving
        var edgesByUser = Array(repeating: [Int](), count: boxes.count)
        var edgesByTarget = edgesByUser
        for (index, edge) in diagram.edges.enumerated() {
            edgesByUser[edge.user].append(index)
            edgesByTarget[edge.target].append(index)
        }
        func spread(_ edges: [Int], over box: DiagramLayout.Rectangle, by key: (Int) -> Double) -> [(Int, Double)] {
            let sorted = edges.sorted { (key($0), $0) < (key($1), $1) }
            let step = min(9, (box.height - 16) / Double(max(edges.count - 1, 1)))
            let first = box.centre - step * Double(edges.count - 1) / 2
            return sorted.enumerated().map { ($1, first + step * Double($0)) }
        }
        for (box, rectangle) in boxes.enumerated() {
            let starts = spread(edgesByUser[box], over: rectangle) { centres[columns.paths[$0].first ?? box] }
            let ends = spread(edgesByTarget[box], over: rectangle) { centres[columns.paths[$0].last ?? box] }
            for (edge, y) in starts { leaving[edge] = y }
            for (edge, y) in ends { arriving[edge] = y }
        }
    }
}

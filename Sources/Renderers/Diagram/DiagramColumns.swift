/// A diagram sorted into columns, with a vertex for all that needs room: a box, a label, a line that passes by.
struct DiagramColumns {
    /// Boxes first, then labels, in the order of the diagram; then the points of long lines.
    private(set) var vertices: [Vertex] = []
    /// The vertices of each column from top to bottom; even columns hold boxes, odd columns labels.
    private(set) var members: [[Int]] = []
    /// The vertices between the two boxes of each edge, its label first.
    private(set) var paths: [[Int]] = []

    struct Vertex {
        let column: Int
        let width: Double
        let height: Double
        /// Vertices of earlier columns that a line connects to this one.
        var before: [Int] = []
        var after: [Int] = []
    }

    /// Lines that pass more columns than this run straight; a point in each would cost more than the line is worth.
    private static let longestPath = 12

    init(_ diagram: Diagram, _ measures: DiagramLayout.Measures) {
        let layers = Self.layers(of: diagram)
        for (layer, size) in zip(layers, measures.boxes) {
            vertices.append(Vertex(column: layer * 2, width: size.width, height: size.height))
        }
        for (edge, size) in zip(diagram.edges, measures.labels) {
            vertices.append(Vertex(column: layers[edge.user] * 2 + 1, width: size.width, height: size.height))
        }
        for (index, edge) in diagram.edges.enumerated() {
            let label = diagram.boxes.count + index
            var path = [label]
            let columns = vertices[label].column + 1..<max(vertices[label].column + 1, layers[edge.target] * 2)
            if columns.count <= Self.longestPath {
                for column in columns {
                    path.append(vertices.count)
                    vertices.append(Vertex(column: column, width: 0, height: 6))
                }
            }
            paths.append(path)
            connect([edge.user] + path + [edge.target])
        }
        members = Array(repeating: [], count: (vertices.map(\.column).max() ?? -1) + 1)
        for (index, vertex) in vertices.enumerated() { members[vertex.column].append(index) }
    }

    private mutating func connect(_ path: [Int]) {
        for (left, right) in zip(path, path.dropFirst()) where vertices[left].column < vertices[right].column {
            vertices[left].after.append(right)
            vertices[right].before.append(left)
        }
    }

    /// The longest path from a box that nobody needs to each box.
    ///
    /// Boxes in a circle, which a lowered stack does not have, stay where the circle was entered.
    private static func layers(of diagram: Diagram) -> [Int] {
        var targets = Array(repeating: [Int](), count: diagram.boxes.count)
        var users = Array(repeating: 0, count: diagram.boxes.count)
        for edge in diagram.edges {
            targets[edge.user].append(edge.target)
            users[edge.target] += 1
        }
        var layers = Array(repeating: 0, count: diagram.boxes.count)
        var ready = users.indices.filter { users[$0] == 0 }
        while let box = ready.popLast() {
            for target in targets[box] {
                layers[target] = max(layers[target], layers[box] + 1)
                users[target] -= 1
                if users[target] == 0 { ready.append(target) }
            }
        }
        return layers
    }

    /// Sorts each column by the middle of its neighbours, back and forth, which undoes most crossings.
    mutating func order() {
        var places = Array(repeating: 0.0, count: vertices.count)
        for column in members.indices { place(column, &places) }
        for round in 0..<8 {
            let forward = round.isMultiple(of: 2)
            for column in forward ? Array(members.indices) : members.indices.reversed() {
                let keys = members[column].map { vertex in
                    let neighbours = forward ? vertices[vertex].before : vertices[vertex].after
                    return (mean(of: neighbours, in: places) ?? places[vertex], places[vertex], vertex)
                }
                members[column] = keys.sorted(by: <).map(\.2)
                place(column, &places)
            }
        }
    }

    /// Places are shares of the column's height, so that columns of different lengths compare.
    private func place(_ column: Int, _ places: inout [Double]) {
        let members = members[column]
        for (index, vertex) in members.enumerated() {
            places[vertex] = (Double(index) + 0.5) / Double(members.count)
        }
    }

    /// The middle of each vertex: as near to its neighbours as the order and the heights allow.
    func centres() -> [Double] {
        var centres = Array(repeating: 0.0, count: vertices.count)
        for column in members { settle(column, wishes: column.map { _ in 0 }, &centres) }
        for round in 0..<8 {
            let forward = round.isMultiple(of: 2)
            for column in forward ? members : members.reversed() {
                let wishes = column.map { vertex in
                    mean(of: forward ? vertices[vertex].before : vertices[vertex].after, in: centres) ?? centres[vertex]
                }
                settle(column, wishes: wishes, &centres)
            }
        }
        let top = zip(vertices, centres).map { $1 - $0.height / 2 }.min() ?? 0
        return centres.map { $0 - top }
    }

    private func settle(_ column: [Int], wishes: [Double], _ centres: inout [Double]) {
        let distances = zip(column, column.dropFirst()).map { upper, lower in
            let heights = vertices[upper].height + vertices[lower].height
            return heights / 2 + (vertices[lower].column.isMultiple(of: 2) ? 20 : 8)
        }
        for (vertex, centre) in zip(column, leastMoves(wishes, apart: distances)) { centres[vertex] = centre }
    }
}

private func mean(of neighbours: [Int], in values: [Double]) -> Double? {
    guard !neighbours.isEmpty else { return nil }
    return neighbours.reduce(0) { $0 + values[$1] } / Double(neighbours.count)
}

/// The positions nearest to the wishes, in the sum of squares, that keep order and distances.
///
/// With the distances subtracted this is isotonic regression, which pooling adjacent violators solves in one pass.
func leastMoves(_ wishes: [Double], apart distances: [Double]) -> [Double] {
    var pools: [(sum: Double, count: Int)] = []
    var offset = 0.0
    for (index, wish) in wishes.enumerated() {
        if index > 0 { offset += distances[index - 1] }
        var pool = (sum: wish - offset, count: 1)
        while let last = pools.last, last.sum / Double(last.count) >= pool.sum / Double(pool.count) {
            pool = (last.sum + pool.sum, last.count + pool.count)
            pools.removeLast()
        }
        pools.append(pool)
    }
    let levels = pools.flatMap { pool in repeatElement(pool.sum / Double(pool.count), count: pool.count) }
    var result: [Double] = []
    offset = 0
    for (index, level) in levels.enumerated() {
        if index > 0 { offset += distances[index - 1] }
        result.append(level + offset)
    }
    return result
}

import Planning

/// The steps of a plan in the order of a tree: each below the step of the resource that it is part of.
struct ResourceTree {
    let rows: [(step: Plan.Step, depth: Int)]

    init(_ steps: [Plan.Step]) {
        let places = Dictionary(steps.enumerated().map { (ResourcePath($1.id).key, $0) }) { first, _ in first }
        var children: [Int?: [Int]] = [:]
        for (index, step) in steps.enumerated() {
            children[Self.parent(of: step, among: places), default: []].append(index)
        }
        var rows: [(Plan.Step, Int)] = []
        var pending = (children[nil] ?? []).reversed().map { (index: $0, depth: 0) }
        while let (index, depth) = pending.popLast() {
            rows.append((steps[index], depth))
            pending += (children[index] ?? []).reversed().map { ($0, depth + 1) }
        }
        self.rows = rows
    }

    /// The nearest resource around it that has a step too.
    private static func parent(of step: Plan.Step, among places: [String: Int]) -> Int? {
        var path = ResourcePath(step.id).parent
        while let current = path {
            if let place = places[current.key] { return place }
            path = current.parent
        }
        return nil
    }
}

extension Graph {
    /// The resources such that each comes after all it needs; ties are broken by name.
    ///
    /// Resources in a cycle, and those that need them, are left out: see ``cycles``.
    public var startOrder: [ResourceID] {
        let listed = Set(nodes.map(\.id))
        var waitingFor: [ResourceID: Int] = [:]
        var users: [ResourceID: [ResourceID]] = [:]
        for node in nodes {
            let dependencies = node.dependencies.filter(listed.contains)
            waitingFor[node.id] = dependencies.count
            for dependency in dependencies { users[dependency, default: []].append(node.id) }
        }
        var order: [ResourceID] = []
        var ready = nodes.map(\.id).filter { waitingFor[$0] == 0 }
        while !ready.isEmpty {
            order += ready
            var next: [ResourceID] = []
            for user in ready.flatMap({ users[$0] ?? [] }) {
                waitingFor[user, default: 0] -= 1
                if waitingFor[user] == 0 { next.append(user) }
            }
            ready = next.sorted()
        }
        return order
    }

    /// The cycles that a walk from need to need closes, each in the order of need; none in a sound graph.
    ///
    /// Every cycle of the graph holds a need that closes one of these, so that none is left without them.
    public var cycles: [[ResourceID]] {
        var walk = CycleWalk(self)
        for node in nodes { walk.start(at: node.id) }
        return walk.cycles
    }
}

/// A walk through all that cannot start, as deep as it gets; what it meets again on its own path closes a cycle.
private struct CycleWalk {
    private(set) var cycles: [[ResourceID]] = []
    private let graph: Graph
    private var seen: Set<ResourceID>
    private var path: [ResourceID] = []
    /// Where on the path a resource stands.
    private var positions: [ResourceID: Int] = [:]
    /// For each resource of the path, what it needs and the walk has not looked at, backwards.
    private var ahead: [[ResourceID]] = []

    init(_ graph: Graph) {
        self.graph = graph
        // What can start is part of no cycle, and neither is all it needs.
        self.seen = Set(graph.startOrder)
    }

    mutating func start(at id: ResourceID) {
        enter(id)
        while let last = ahead.indices.last {
            guard let next = ahead[last].popLast() else {
                leave()
                continue
            }
            if let beginning = positions[next] {
                cycles.append(Array(path[beginning...]))
            } else {
                enter(next)
            }
        }
    }

    private mutating func enter(_ id: ResourceID) {
        guard let node = graph[id], seen.insert(id).inserted else { return }
        positions[id] = path.count
        path.append(id)
        ahead.append(node.dependencies.reversed())
    }

    private mutating func leave() {
        positions[path.removeLast()] = nil
        ahead.removeLast()
    }
}

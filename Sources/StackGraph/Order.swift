extension Graph {
    /// The resources such that each comes after all it needs; ties are broken by name.
    ///
    /// Resources in a cycle, and those that need them, are left out: see ``cycle``.
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

    /// The resources of one cycle, in the order of need, or `nil` where there is none.
    public var cycle: [ResourceID]? {
        let sound = Set(startOrder)
        guard var current = nodes.first(where: { !sound.contains($0.id) }) else { return nil }
        var path = [current.id]
        var positions = [current.id: 0]
        while let next = current.dependencies.lazy.compactMap({ self[$0] }).first(where: { !sound.contains($0.id) }) {
            if let beginning = positions[next.id] { return Array(path[beginning...]) }
            positions[next.id] = path.count
            path.append(next.id)
            current = next
        }
        return nil
    }
}

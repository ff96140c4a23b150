import Renderers

/// Puts the requests of a plan into an order that Azure can follow.
///
/// - A write comes after the writes of all it needs.
/// - A deletion comes after the deletions of all that needed the resource, and of what extends it.
/// - A resource that is made anew is written after its deletion, or its parent's.
/// - A container app is verified after its write, and nothing waits for that.
/// - A resource that is no longer wanted goes after the updates by which others let go of it.
///
/// The last rule yields where a replacement must wait for that deletion, for else the two could wait for each other.
struct OperationOrder {
    private let fates: Fates
    /// The key of the resource with whose deletion each one ends.
    private var carriers: [String: String] = [:]
    /// The keys of all that ends with a deletion.
    private var carried: [String: [String]] = [:]
    private var users: [String: [String]] = [:]
    /// The deletions that each deletion waits for.
    private var deletionsFirst: [String: Set<String>] = [:]

    init(_ fates: Fates) {
        self.fates = fates
        addCarriers()
        addUsers()
        orderDeletions()
    }

    var operations: [Plan.Operation] {
        let released = releasedDeletions
        let lanes = Lanes(fates)
        let deletions = Set(carriers.values).sorted().map { key in
            let updates = released.contains(key) ? self.updates(before: key) : []
            return Plan.Operation(
                id: .init(.delete, id(key)),
                after: Set((deletionsFirst[key] ?? []).map { .init(.delete, id($0)) } + updates),
                lane: lanes[key]
            )
        }
        let needs = writeNeeds
        let writes = fates.order.filter { fates.changes[$0] != nil }.map { key in
            Plan.Operation(
                id: .init(.write, id(key)),
                after: Set((needs[key] ?? []).map { .init(.write, id($0)) })
                    .union(carriers[key].map { [.init(.delete, id($0))] } ?? []),
                lane: lanes[key]
            )
        }
        return writes + verifications + deletions
    }

    /// A container app takes writes before its new revision serves.
    private var verifications: [Plan.Operation] {
        fates.order.filter { fates.changes[$0]?.resource.type == .containerApp }.map { key in
            Plan.Operation(id: .init(.verify, id(key)), after: [.init(.write, id(key))], lane: nil)
        }
    }

    private func id(_ key: String) -> String { fates.changes[key]?.resource.id ?? fates.leaving[key]?.id ?? key }

    // MARK: Deletions

    private func isDeletedItself(_ key: String) -> Bool {
        if let departure = fates.leaving[key] { return departure.cause == nil }
        if case .replace = fates.changes[key]?.action { return true }
        return false
    }

    private mutating func addCarriers() {
        for key in fates.order + fates.leaving.keys where fates.leaving[key] != nil || fates.isRemade(key) {
            var carrier = key
            while !isDeletedItself(carrier),
                let cause = fates.changes[carrier]?.cause ?? fates.leaving[carrier]?.cause
            {
                carrier = cause.identifierKey
            }
            carriers[key] = carrier
            carried[carrier, default: []].append(key)
        }
    }

    /// Who needed what when it was applied last, and who needs what now.
    private mutating func addUsers() {
        for (key, resource) in fates.applied where fates.live[key] != nil {
            for need in resource.needs { users[need.identifierKey, default: []].append(key) }
        }
        for (key, resource) in fates.wanted where fates.live[key] != nil {
            for need in resource.needs { users[need.identifierKey, default: []].append(key) }
        }
    }

    private mutating func orderDeletions() {
        var first: [String: Set<String>] = [:]
        let family = Family(Set(carriers.keys))
        for (key, carrier) in carriers {
            for user in users[key] ?? [] {
                if let other = carriers[user], other != carrier { first[carrier, default: []].insert(other) }
            }
            guard carrier == key else { continue }
            for ancestor in family.ancestors(of: key) {
                if let other = carriers[ancestor.key], other != key { first[other, default: []].insert(key) }
            }
        }
        deletionsFirst = first.withoutCircles(over: Set(carriers.values))
    }

    /// The deletions that nothing which is made anew waits for, directly or not.
    private var releasedDeletions: Set<String> {
        var pending = carriers.filter { fates.changes[$0.key] != nil }.map(\.value)
        var awaited: Set<String> = []
        while let key = pending.popLast() {
            if awaited.insert(key).inserted { pending += deletionsFirst[key] ?? [] }
        }
        return Set(carriers.values).subtracting(awaited)
    }

    /// The updates by which others let go of a resource or of what ends with it.
    private func updates(before deletion: String) -> [Plan.Operation.ID] {
        (carried[deletion] ?? []).flatMap { users[$0] ?? [] }.compactMap { user in
            guard case .update = fates.changes[user]?.action else { return nil }
            return .init(.write, id(user))
        }
    }

    // MARK: Writes

    private var writeNeeds: [String: Set<String>] {
        var needs: [String: Set<String>] = [:]
        for (key, change) in fates.changes {
            needs[key] = Set(change.resource.needs.map(\.identifierKey).filter { fates.changes[$0] != nil })
        }
        return needs.withoutCircles(over: Set(fates.changes.keys))
    }
}

extension [String: Set<String>] {
    /// The same without what would lead a walk from one to another back to where it was: the same for the same nodes.
    fileprivate func withoutCircles(over nodes: Set<String>) -> Self {
        var walk = CircleBreaker(ahead: self)
        for node in nodes.sorted() { walk.start(at: node) }
        return walk.ahead
    }
}

/// A walk in depth that drops every way back to a node that it has not left yet.
private struct CircleBreaker {
    private(set) var ahead: [String: Set<String>]
    private var entered: Set<String> = []
    private var left: Set<String> = []
    private var path: [(node: String, rest: [String])] = []

    init(ahead: [String: Set<String>]) {
        self.ahead = ahead
    }

    mutating func start(at node: String) {
        enter(node)
        while let last = path.indices.last {
            guard let next = path[last].rest.popLast() else {
                left.insert(path.removeLast().node)
                continue
            }
            if entered.contains(next), !left.contains(next) {
                ahead[path[last].node]?.remove(next)
            } else {
                enter(next)
            }
        }
    }

    private mutating func enter(_ node: String) {
        guard entered.insert(node).inserted else { return }
        path.append((node, (ahead[node] ?? []).sorted(by: >)))
    }
}

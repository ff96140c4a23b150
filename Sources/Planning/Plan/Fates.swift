import StackGraph

/// What happens to each resource: found from single comparisons, and then from what happens to others.
struct Fates {
    struct Change {
        /// The resource, without what nobody knows once others have been replaced.
        var resource: DesiredResource
        var action: Plan.Action
        /// The resource that makes it necessary.
        var cause: String?
    }

    struct Departure {
        let id: String
        let resource: Plan.Applied
        /// The resource whose end is the end of this one, too.
        let cause: String?
    }

    let wanted: [String: DesiredResource]
    let applied: [String: Plan.Applied]
    let live: [String: Value]
    /// The resources of the stack that are not what they should be, by key.
    private(set) var changes: [String: Change] = [:]
    /// The resources that are no longer wanted, by key.
    private(set) var leaving: [String: Departure] = [:]
    /// The keys of the stack's resources, in the order of its template.
    let order: [String]

    init(desired: [DesiredResource], live: [String: Value], applied: [String: Plan.Applied]) {
        var seen: Set<String> = []
        self.order = desired.map(\.id.identifierKey).filter { seen.insert($0).inserted }
        self.wanted = Dictionary(desired.map { ($0.id.identifierKey, $0) }) { first, _ in first }
        self.live = Dictionary(live.map { ($0.key.identifierKey, $0.value) }) { first, _ in first }
        self.applied = Dictionary(applied.map { ($0.key.identifierKey, $0.value) }) { first, _ in first }
        for key in order {
            if let resource = wanted[key], let action = action(for: resource) {
                changes[key] = Change(resource: resource, action: action, cause: nil)
            }
        }
        let leavers = Dictionary(applied.map { ($0.key.identifierKey, $0.key) }) { first, _ in first }
            .filter { wanted[$0.key] == nil && self.live[$0.key] != nil }
        spread(from: Set(leavers.keys))
        addDepartures(leavers)
    }

    /// What a comparison alone says; `nil` where all is as it should be.
    private func action(for resource: DesiredResource, forced: [PropertyPath] = []) -> Plan.Action? {
        let key = resource.id.identifierKey
        guard let shown = live[key] else { return .create(resource.body) }
        let result = LiveComparison.result(
            of: resource.type,
            desired: resource.body,
            live: shown,
            applied: applied[key]?.body
        )
        let forcing = result.forcing + forced.filter { !result.forcing.contains($0) }
        if !forcing.isEmpty { return .replace(result.changes, because: forcing) }
        return result.changes.isEmpty ? nil : .update(result.changes)
    }

    // MARK: What a replacement does to others

    /// Finds all that is made anew because something else is, and what can then no longer be known.
    private mutating func spread(from leaving: Set<String>) {
        let ties = Ties(wanted.filter { live[$0.key] != nil }, above: leaving)
        var pending = leaving.sorted() + order.filter { changes[$0]?.action.isReplacement == true }
        var remade: Set<String> = []
        while let key = pending.popLast() {
            let isFirst = remade.insert(key).inserted
            guard isFirst else { continue }
            for tie in ties[key] where strike(tie, because: key) { pending.append(tie.key) }
        }
        doubt(remade.subtracting(leaving))
    }

    /// Lets a resource suffer the end of another.
    ///
    /// - Returns: Whether it is made anew because of that, which others may suffer in turn.
    private mutating func strike(_ tie: Ties.Tie, because key: String) -> Bool {
        guard let resource = wanted[tie.key], live[tie.key] != nil else { return false }
        let cause = wanted[key]?.id ?? key
        switch (tie.bond, changes[tie.key]?.action) {
        case (_, .create): return false
        // What extends another may outlive it, so that it must be deleted itself.
        case (.below(isExtended: true), .replace): return false
        case (.below, _):
            changes[tie.key] = Change(resource: resource, action: .create(resource.body), cause: cause)
        case (.names(let path), .replace(let properties, let paths)):
            if !paths.contains(path) { changes[tie.key]?.action = .replace(properties, because: paths + [path]) }
            return false
        case (.names(let path), .update(let properties)):
            changes[tie.key]?.action = .replace(properties, because: [path])
            changes[tie.key]?.cause = cause
        case (.names(let path), .delete), (.names(let path), nil):
            changes[tie.key] = Change(resource: resource, action: .replace([], because: [path]), cause: cause)
        }
        return true
    }

    /// Looks again at everything of which resources that are made anew tell a part.
    private mutating func doubt(_ remade: Set<String>) {
        guard !remade.isEmpty else { return }
        let isDoubted = { (id: String) in remade.contains(id.identifierKey) }
        for key in order {
            guard let resource = wanted[key], let doubted = resource.doubting(remade) else { continue }
            let old = changes[key]
            switch old?.action {
            case .create: changes[key] = Change(resource: doubted, action: .create(doubted.body), cause: old?.cause)
            case .replace(_, let paths): change(doubted, forced: paths, cause: old?.cause)
            case .update, .delete: change(doubted, forced: [], cause: nil)
            case nil: change(doubted, forced: [], cause: resource.told.flatMap(\.tellers).filter(isDoubted).min())
            }
        }
    }

    private mutating func change(_ resource: DesiredResource, forced: [PropertyPath], cause: String?) {
        let action = action(for: resource, forced: forced)
        changes[resource.id.identifierKey] = action.map { Change(resource: resource, action: $0, cause: cause) }
    }

    // MARK: What is no longer wanted

    /// A child ends with its parent; what extends a resource is deleted before it.
    private mutating func addDepartures(_ leavers: [String: String]) {
        let ending = Set(leavers.keys).union(changes.filter { isRemade($0.key) }.keys)
        let family = Family(ending)
        for (key, id) in leavers {
            guard let resource = applied[key] else { continue }
            let ancestor = family.ancestors(of: key).first { !$0.isExtended }?.key
            let cause = ancestor.map { leavers[$0] ?? wanted[$0]?.id ?? $0 }
            leaving[key] = Departure(id: id, resource: resource, cause: cause)
        }
    }

    /// Whether a resource of the stack that is there ends, and is made anew.
    func isRemade(_ key: String) -> Bool {
        guard live[key] != nil, let action = changes[key]?.action else { return false }
        return switch action {
        case .create, .replace: true
        case .update, .delete: false
        }
    }
}

extension Fates {
    var steps: [Plan.Step] {
        order.compactMap { key in
            changes[key].map { change in
                Plan.Step(
                    id: change.resource.id,
                    type: change.resource.type,
                    node: change.resource.node,
                    action: change.action,
                    cause: change.cause
                )
            }
        }
            + leaving.sorted { $0.key < $1.key }.map { _, departure in
                Plan.Step(
                    id: departure.id,
                    type: departure.resource.type,
                    node: departure.resource.node,
                    action: .delete,
                    cause: departure.cause
                )
            }
    }

    var missingSecrets: [String] {
        Set(changes.values.flatMap { $0.resource.body.forgottenSecrets.map(\.environment) }).sorted()
    }
}

extension Plan.Action {
    fileprivate var isReplacement: Bool { if case .replace = self { true } else { false } }
}

extension Value {
    /// The secrets that it would take and that nobody gave.
    fileprivate var forgottenSecrets: [SecretParameter] {
        switch self {
        case .secret(let hidden): hidden.isGiven ? [] : [hidden.source].compactMap(\.self)
        case .list(let elements): elements.flatMap(\.forgottenSecrets)
        case .object(let members): members.flatMap(\.value.forgottenSecrets)
        case .string, .literal, .expression: []
        }
    }
}

package import Renderers
package import StackGraph

/// What happened in Azure to the resources of a stack since it was applied last, without the stack's doing.
///
/// It knows the same noise as a plan: what Azure adds, spells or sorts its own way is no change.
package struct Drift: Sendable, Hashable {
    /// The resources of the stack that are not what they were, by identifier.
    package let resources: [ResourceDrift]
    /// The resources that somebody made below those of the stack, sorted; a deployment leaves them alone.
    package let strangers: [String]

    package struct ResourceDrift: Sendable, Hashable {
        package let id: String
        package let type: ResourceType
        package let node: ResourceID?
        package let event: Event
    }

    package enum Event: Sendable, Hashable {
        case gone
        /// From what was applied to what is there; never empty.
        case changed([PropertyChange])
    }

    package var isEmpty: Bool { resources.isEmpty && strangers.isEmpty }

    /// Compares what was applied with what is there.
    ///
    /// - Parameters:
    ///   - applied: The resources as they were applied last, by identifier.
    ///   - live: What Azure shows of those that are there, by identifier.
    ///   - children: The identifiers of all that Azure lists below them.
    package init(applied: [String: Plan.Applied], live: [String: Value], children: [String]) {
        let live = Dictionary(live.map { ($0.key.identifierKey, $0.value) }) { first, _ in first }
        self.resources = applied.sorted { $0.key < $1.key }.compactMap { id, resource in
            Self.event(resource, live[id.identifierKey]).map {
                ResourceDrift(id: id, type: resource.type, node: resource.node, event: $0)
            }
        }
        let ours = Dictionary(applied.map { ($0.key.identifierKey, $0.value.type) }) { first, _ in first }
        let family = Family(Set(ours.keys))
        self.strangers = Set(children).filter { id in
            let key = id.identifierKey
            guard ours[key] == nil, let above = family.ancestors(of: key).first else { return false }
            return ours[above.key]?.facts.comesWithIt(key.dropFirst(above.key.count + 1)) == false
        }.sorted()
    }

    private static func event(_ resource: Plan.Applied, _ live: Value?) -> Event? {
        guard let live else { return resource.isCertain ? .gone : nil }
        let result = LiveComparison.result(
            of: resource.type,
            desired: resource.body,
            live: live,
            applied: resource.body
        )
        let changes = result.changes.compactMap(\.outside)
        return changes.isEmpty ? nil : .changed(changes)
    }
}

extension PropertyChange {
    /// The change that this one would repair; `nil` where nobody knows what was there before.
    fileprivate var outside: PropertyChange? {
        switch change {
        case .added(let old): old.isUnknown ? nil : PropertyChange(path, .removed(old))
        case .removed(let new): PropertyChange(path, .added(new))
        case .changed(let new, let old): old.isUnknown ? nil : PropertyChange(path, .changed(from: old, to: new))
        }
    }
}

extension Value {
    /// Whether nobody knows any part of it.
    fileprivate var isUnknown: Bool {
        switch self {
        case .expression, .secret: true
        case .string, .literal: false
        case .list(let elements): !elements.isEmpty && elements.allSatisfy(\.isUnknown)
        case .object(let members): !members.isEmpty && members.allSatisfy(\.value.isUnknown)
        }
    }
}

extension ResourceFacts {
    /// Whether Azure makes a child by itself: `rules/$default`, from its type to its name in lower case.
    fileprivate func comesWithIt(_ child: Substring) -> Bool {
        let segments = child.split(separator: "/")
        return ownChildren.contains { own in
            let parts = own.lowercased().split(separator: "/")
            return zip(parts, segments).allSatisfy { $0 == $1 || $0 == "*" } && parts.count <= segments.count
        }
    }
}

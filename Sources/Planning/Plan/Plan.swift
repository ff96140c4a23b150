package import Renderers
package import StackGraph

/// What will be done, and in which order.
///
/// A plan is data: it can be shown, saved, compared and tested without a cloud.
package struct Plan: Sendable, Hashable {
    package let steps: [Step]
    /// How many resources are what they should be.
    package let unchanged: Int

    /// One resource and what happens to it.
    package struct Step: Sendable, Hashable {
        /// The identifier of the resource.
        package let id: String
        package let type: ResourceType
        package let node: ResourceID?
        package let action: Action
        /// The resources whose steps must have succeeded first.
        package let after: Set<String>
    }

    package enum Action: Sendable, Hashable {
        case create(Value)
        /// Properties that change; never empty.
        case update([PropertyChange])
        /// Deleted and made anew, because of these properties.
        case replace([PropertyChange], because: [PropertyPath])
        case delete
    }

    /// A resource as it was applied last.
    package struct Applied: Sendable, Hashable {
        package let type: ResourceType
        package let body: Value
        package let needs: Set<String>

        package init(type: ResourceType, body: Value, needs: Set<String>) {
            self.type = type
            self.body = body
            self.needs = needs
        }
    }

    /// Compares what should be with what is.
    ///
    /// - Parameters:
    ///   - desired: The resources of the stack.
    ///   - live: What Azure shows of the resources that are there, by identifier.
    ///   - applied: The resources that were applied last, by identifier: one that is no longer wanted is deleted, and
    ///     nothing that somebody else made ever is.
    package init(desired: [DesiredResource], live: [String: Value], applied: [String: Applied]) {
        let live = live.byIdentifier
        let applied = applied.byIdentifier
        let changes = desired.compactMap { resource -> (DesiredResource, Action)? in
            Self.action(for: resource, live: live[resource.key], applied: applied[resource.key]?.body)
                .map { (resource, $0) }
        }
        let changing = Set(changes.map(\.0.key))
        let wanted = Set(desired.map(\.key))
        let leaving = applied.filter { !wanted.contains($0.key) && live[$0.key] != nil }
        self.steps =
            changes.map { resource, action in
                Step(
                    id: resource.id,
                    type: resource.type,
                    node: resource.node,
                    action: action,
                    after: resource.needs.filter { changing.contains($0.lowercased()) }
                )
            } + Self.deletions(of: leaving)
        self.unchanged = desired.count - changes.count
    }

    private static func action(for resource: DesiredResource, live: Value?, applied: Value?) -> Action? {
        guard let live else { return .create(resource.body) }
        let result = LiveComparison.result(of: resource.type, desired: resource.body, live: live, applied: applied)
        if !result.forcing.isEmpty { return .replace(result.changes, because: result.forcing) }
        return result.changes.isEmpty ? nil : .update(result.changes)
    }

    /// A resource goes after all that needed it.
    private static func deletions(of leaving: [String: Applied]) -> [Step] {
        var users: [String: Set<String>] = [:]
        for (id, resource) in leaving {
            for need in resource.needs { users[need.lowercased(), default: []].insert(id) }
        }
        return leaving.sorted { $0.key < $1.key }.map { id, resource in
            Step(id: id, type: resource.type, node: nil, action: .delete, after: users[id] ?? [])
        }
    }
}

extension DesiredResource {
    /// The identifier as it is compared: Azure takes no notice of capitals.
    fileprivate var key: String { id.lowercased() }
}

extension [String: Plan.Applied] {
    fileprivate var byIdentifier: Self { Dictionary(map { ($0.key.lowercased(), $0.value) }) { first, _ in first } }
}

extension [String: Value] {
    fileprivate var byIdentifier: Self { Dictionary(map { ($0.key.lowercased(), $0.value) }) { first, _ in first } }
}

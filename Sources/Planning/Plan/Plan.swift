package import Renderers
package import StackGraph

/// What will be done, and in which order.
///
/// A plan is data: it can be shown, saved, compared and tested without a cloud.
package struct Plan: Sendable, Hashable {
    /// What happens to each resource: those of the stack in the order of its template, then those that go.
    package let steps: [Step]
    /// The requests that do it, with their order.
    package let operations: [Operation]
    /// How many resources are what they should be.
    package let unchanged: Int
    /// What protected resources would lose; a plan that has any must not be carried out.
    package let refusals: [Refusal]
    /// The environment variables without which a step cannot be done, sorted: a secret that stays as it is needs none.
    package let missingSecrets: [String]

    /// One resource and what happens to it.
    package struct Step: Sendable, Hashable {
        /// The identifier of the resource.
        package let id: String
        package let type: ResourceType
        package let node: ResourceID?
        package let action: Action
        /// The resource whose replacement or deletion makes this necessary; `nil` where it is its own.
        package let cause: String?
    }

    package enum Action: Sendable, Hashable {
        case create(Value)
        /// Properties that change; never empty.
        case update([PropertyChange])
        /// Deleted and made anew, because of these properties; nothing in it need change where the step has a cause.
        case replace([PropertyChange], because: [PropertyPath])
        case delete
    }

    /// A resource as it was applied last.
    package struct Applied: Sendable, Hashable {
        package let type: ResourceType
        package let body: Value
        package let needs: Set<String>
        package let node: ResourceID?
        package let isProtected: Bool
        /// Whether it was there when a deployment came to its end; one that was cut off may not have made it, or have
        /// deleted it.
        package let isCertain: Bool

        package init(
            type: ResourceType,
            body: Value,
            needs: Set<String>,
            node: ResourceID? = nil,
            isProtected: Bool = false,
            isCertain: Bool = true
        ) {
            self.type = type
            self.body = body
            self.needs = needs
            self.node = node
            self.isProtected = isProtected
            self.isCertain = isCertain
        }

        /// A resource that was just applied.
        package init(_ resource: DesiredResource) {
            self.init(
                type: resource.type,
                body: resource.body,
                needs: resource.needs,
                node: resource.node,
                isProtected: resource.isProtected
            )
        }
    }

    /// How many steps of each kind there are.
    package struct Counts: Sendable, Hashable {
        package var create = 0
        package var update = 0
        package var replace = 0
        package var delete = 0
        package var unchanged = 0

        package init() {}
    }

    package var isEmpty: Bool { steps.isEmpty }

    package var counts: Counts {
        var counts = Counts()
        counts.unchanged = unchanged
        for step in steps {
            switch step.action {
            case .create: counts.create += 1
            case .update: counts.update += 1
            case .replace: counts.replace += 1
            case .delete: counts.delete += 1
            }
        }
        return counts
    }

    /// Compares what should be with what is.
    ///
    /// - Parameters:
    ///   - desired: The resources of the stack.
    ///   - live: What Azure shows of the resources that are there, by identifier.
    ///   - applied: The resources that were applied last, by identifier: one that is no longer wanted is deleted, and
    ///     nothing that somebody else made ever is.
    package init(desired: [DesiredResource], live: [String: Value], applied: [String: Applied]) {
        let fates = Fates(desired: desired, live: live, applied: applied)
        self.steps = fates.steps
        self.unchanged = fates.order.count - fates.changes.count
        self.operations = OperationOrder(fates).operations
        self.refusals = fates.refusals
        self.missingSecrets = fates.missingSecrets
    }
}

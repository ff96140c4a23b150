package import StackGraph

extension Plan {
    /// A protected resource that the plan would delete or replace.
    ///
    /// The way out: set `protect` to false and deploy that alone, then deploy the change.
    package struct Refusal: Sendable, Hashable {
        package let id: String
        package let node: ResourceID?
        package let loss: Loss
        /// The properties that force it, its own or those of the cause; empty where the program has no such resource.
        package let because: [PropertyPath]
        /// The resource whose replacement or deletion takes this one with it.
        package let cause: String?

        package enum Loss: String, Sendable, Hashable, CaseIterable { case deletion, replacement }
    }
}

extension Fates {
    /// What protected resources would lose, whether the program protects them or did when it was applied last.
    var refusals: [Plan.Refusal] {
        steps.compactMap { step in
            let key = step.id.identifierKey
            guard let loss = loss(step), applied[key]?.isProtected == true || wanted[key]?.isProtected == true else {
                return nil
            }
            return Plan.Refusal(
                id: step.id,
                node: step.node,
                loss: loss,
                because: forcing(key),
                cause: step.cause
            )
        }
    }

    private func loss(_ step: Plan.Step) -> Plan.Refusal.Loss? {
        switch step.action {
        case .create: step.cause == nil ? nil : .replacement
        case .update: nil
        case .replace: .replacement
        case .delete: .deletion
        }
    }

    /// The properties that force a replacement, found by going from cause to cause.
    private func forcing(_ key: String) -> [PropertyPath] {
        var key = key
        var seen: Set<String> = []
        while seen.insert(key).inserted {
            if case .replace(_, let paths) = changes[key]?.action { return paths }
            guard let cause = changes[key]?.cause ?? leaving[key]?.cause else { break }
            key = cause.identifierKey
        }
        return []
    }
}

import Deployment

/// What is going to be set up for a workflow, in words.
enum PipelineView {
    static func lines(_ plan: PipelinePlan, _ access: PipelineAccess) -> [String] {
        guard !plan.steps.isEmpty else { return ["Nothing to do: \(access.identity) has all that it needs."] }
        return plan.steps.map { "+ \(words($0))" }
    }

    static func words(_ step: PipelinePlan.Step) -> String {
        switch step {
        case .makeGroup(let name, let location): "resource group \(name.onOneLine) in \(location.onOneLine)"
        case .register(let provider): "the subscription's registration for \(provider.onOneLine)"
        case .makeIdentity(let name): "identity \(name.onOneLine)"
        case .trust(let subject, nil): "trust in GitHub's tokens for \(subject.onOneLine)"
        case .trust(let subject, let name?):
            "trust in GitHub's tokens for \(subject.onOneLine), put right in \(name.onOneLine)"
        case .define(let role, let scope): "definition of the role \(role.name) on \(scope.onOneLine)"
        case .give(let role, let scope, let id):
            "role \(role.name) on \(scope.onOneLine)" + (role.condition == nil ? "" : ", bound to the roles of stacks")
                + (id == nil ? "" : " (put right)")
        }
    }
}

import Deployment
import Planning
import StackGraph

/// What a repository of GitHub must hold for its workflows to sign in and deploy, as commands that put it there.
struct WorkflowSettings: Sendable {
    let repository: GitHubRepository
    let runs: WorkflowSubject
    let identity: PipelineIdentity
    let scope: DeploymentScope
    let stack: Graph

    struct Variable: Sendable, Hashable {
        let name: String
        let value: String
        /// Whether it is the environment's own; the others are the repository's.
        let isOfEnvironment: Bool
    }

    var variables: [Variable] {
        let place = [
            Variable(name: "AZURE_TENANT_ID", value: scope.tenant, isOfEnvironment: false),
            Variable(name: "AZURE_SUBSCRIPTION_ID", value: scope.subscription, isOfEnvironment: false),
            Variable(name: "AZURE_LOCATION", value: scope.location, isOfEnvironment: false),
            // Each environment has an identity of its own, and so have pull requests.
            Variable(name: "AZURE_CLIENT_ID", value: identity.clientID, isOfEnvironment: true),
        ]
        // A group that is named like the stack is found without being said.
        guard scope.resourceGroup != stack.name else { return place }
        return place + [Variable(name: "AZURE_RESOURCE_GROUP", value: scope.resourceGroup, isOfEnvironment: true)]
    }

    /// The secrets that people give; previews need none.
    var secrets: [String] {
        guard runs != .pullRequests else { return [] }
        return stack.secrets.filter { $0.origin == .provided }.map(\.name)
    }

    var lines: [String] {
        let variables = variables.map { variable in
            command("variable", variable.name, variable.isOfEnvironment) + " --body \(Self.quoted(variable.value))"
        }
        // A value is asked for, so that it is in no history.
        let secrets = secrets.map { command("secret", $0, true) }
        let heading =
            secrets.isEmpty
            ? "Put these variables into GitHub:" : "Put these variables and secrets into GitHub; secrets are asked for:"
        return ["", heading, ""] + variables + secrets
    }

    private func command(_ kind: String, _ name: String, _ isOfEnvironment: Bool) -> String {
        var words = "gh \(kind) set \(name) --repo \(repository.text)"
        if isOfEnvironment, case .environment(let environment) = runs { words += " --env \(Self.quoted(environment))" }
        return words
    }

    /// A word for a shell, as itself.
    private static func quoted(_ text: String) -> String {
        let isPlain = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./".contains($0)) }
        return isPlain && !text.isEmpty ? text : "'\(text.replacing("'", with: "'\\''"))'"
    }
}

/// Where a stack goes, as a person should see it before the first write.
package struct DeploymentTarget: Sendable, Hashable {
    package var stack: String
    package var scope: DeploymentScope
    package var subscriptionName: String
    /// Who signs in, as far as the token tells.
    package var account: String
    /// The names of the resources that everybody on the internet can reach.
    package var publicResources: [String]

    package init(
        stack: String,
        scope: DeploymentScope,
        subscriptionName: String,
        account: String,
        publicResources: [String]
    ) {
        self.stack = stack
        self.scope = scope
        self.subscriptionName = subscriptionName
        self.account = account
        self.publicResources = publicResources
    }
}

/// How a deployment ended.
package struct DeploymentSummary: Sendable, Hashable {
    package var succeeded: Set<String> = []
    package var failed: [String: DeploymentProblem] = [:]
    /// By the step that failed.
    package var skipped: [String: String] = [:]
    /// Steps that were never started, because somebody interrupted.
    package var untouched: Set<String> = []
    package var outputs: [DeploymentOutput] = []
    /// The chain of steps that took longest, in the order of time.
    package var criticalPath: [TimedStep] = []
    package var elapsed = Duration.zero

    package init() {}

    /// Whether every step has succeeded.
    package var isComplete: Bool { failed.isEmpty && skipped.isEmpty && untouched.isEmpty }

    package struct TimedStep: Sendable, Hashable {
        package var id: String
        package var duration: Duration

        package init(id: String, duration: Duration) {
            self.id = id
            self.duration = duration
        }
    }
}

/// A fact about a deployed stack that whoever deploys it wants to know.
package struct DeploymentOutput: Sendable, Hashable {
    package var name: String
    package var description: String
    package var value: String

    package init(name: String, description: String, value: String) {
        self.name = name
        self.description = description
        self.value = value
    }
}

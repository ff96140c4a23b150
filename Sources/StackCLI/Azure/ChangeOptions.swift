import ArgumentParser
import Azure
import Deployment
import Planning

/// How a change in Azure is approved, carried out and shown.
struct ChangeOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Ask nothing, and do it.")
    var yes = false

    @Option(help: "How to show progress in Azure: \(ProgressMode.allCases.map(\.rawValue).joined(separator: ", ")).")
    var output = ProgressMode.auto

    @Option(help: "How many seconds to wait while somebody else deploys the stack.")
    var lockTimeout = 600

    @Option(help: "What to do with a deleted vault or model account that still has a name: recover it, or purge it.")
    var deletedNames = SoftDeletedNames.recover

    func validate() throws {
        guard (0...86_400).contains(lockTimeout) else {
            throw ValidationError("--lock-timeout must be from 0 to 86400 seconds.")
        }
    }

    func consent(_ environment: UserEnvironment) -> Consent {
        Consent(isAgreed: yes, environment: environment.variables)
    }

    /// The change of a stack by these options.
    func change(
        _ stack: AzureStack,
        to goal: StackDeployment.Goal,
        _ approval: AzureChange.Approval,
        _ palette: Palette,
        _ environment: UserEnvironment
    ) -> AzureChange {
        var change = AzureChange(
            stack: stack,
            goal: goal,
            approval: approval,
            mode: output.resolved(environment.variables, isTerminal: Terminal.output.isInteractive),
            palette: palette,
            environment: environment
        )
        change.softDeleted = deletedNames
        change.lockTimeout = .seconds(lockTimeout)
        return change
    }
}

extension SoftDeletedNames: ExpressibleByArgument {}

extension AzureOptions {
    /// Signs in for a change, whose waits are shown with its steps, and whose failure is told in the step summary, too.
    ///
    /// - Parameters:
    ///   - stack: The name of the stack.
    ///   - demand: Whether something must be there.
    ///   - environment: Credentials, and what the options leave open.
    ///   - body: What to do there.
    /// - Returns: What the body returns.
    /// - Throws: As ``withSession(for:where:in:onEvent:_:)``.
    func withChange<Result: Sendable>(
        of stack: String,
        where demand: PlaceDemand = .any,
        in environment: UserEnvironment,
        _ body: (AzureSession, WaitRelay) async throws -> Result
    ) async throws -> Result {
        let waits = WaitRelay()
        return try await StepSummary(environment.variables).tellingFailures(of: stack) {
            try await withSession(for: stack, where: demand, in: environment) { event in
                waits.report(DeploymentEvent(event))
            } _: { session in
                try await body(session, waits)
            }
        }
    }
}

extension DeploymentEvent {
    /// What makes a person wait, told of the step in whose task it happens.
    init(_ event: AzureEvent) {
        switch event {
        case .waiting(let pause):
            self = .waiting(StepContext.resource, pause.duration, because: "\(pause.cause)")
        case .registering: self = .noted("\(event)")
        }
    }
}

import ArgumentParser
import Deployment
import Planning
import StackModel

/// Goes back to what was deployed before.
struct Rollback<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "rollback",
            abstract: "Make the stack in Azure what it was at an earlier version.",
            discussion: """
                Every deployment is kept in Azure as a version of a template spec. Secrets are not: they stay as they \
                are. Data stays, too, except in resources that the earlier version did not have.
                """
        )
    }

    @Argument(help: "The version; the one before the newest when nothing is said.")
    var version: Int?

    @OptionGroup var stage: StageOptions<Definition>
    @OptionGroup var azure: AzureOptions
    @OptionGroup var options: ChangeOptions
    @OptionGroup var colors: ColorOptions

    func run() async throws {
        try await reportingFailures {
            let environment = try await UserEnvironment()
            let stack = AzureStack(try stage.stack().lowered(), stage: stage.stage, environment: environment)
            try await azure.withChange(of: stack.graph.name, where: .deployed, in: environment) { session, waits in
                let ledger = try stack.deployment(in: session).ledger
                guard let newest = try await ledger.read().last?.version else {
                    throw Failure("'\(stack.graph.name)' was never deployed here, so there is nothing to go back to.")
                }
                guard version != nil || newest > 1 else {
                    throw Failure("There is only one version of '\(stack.graph.name)', so there is none to go back to.")
                }
                guard let record = try await ledger.read(version ?? newest - 1) else {
                    throw Failure("There is no version \(version ?? newest - 1). Choose one from 1 to \(newest).")
                }
                let change = options.change(
                    stack,
                    to: .record(record),
                    .changes(options.consent(environment)),
                    colors.palette(environment),
                    environment
                )
                try await change.run(in: session, waits: waits)
            }
        }
    }
}

import ArgumentParser
import Deployment
import JSONText
import Planning
import StackModel

/// Shows what was changed in Azure since the last deployment.
struct DriftCommand<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "drift",
            abstract: "Show what somebody changed in Azure since the last deployment.",
            discussion: """
                What was applied last is compared with what is there; the program's own changes since do not matter. \
                `infra up` puts right what changed, and leaves alone what others added.

                Exit codes: 0 done; with --fail 1 where something changed.
                """
        )
    }

    @OptionGroup var stage: StageOptions<Definition>
    @OptionGroup var azure: AzureOptions
    @OptionGroup var colors: ColorOptions

    @Flag(help: "One JSON document.")
    var json = false

    @Flag(help: "End with 1 where something changed.")
    var fail = false

    func run() async throws {
        try await reportingFailures {
            let environment = try await UserEnvironment()
            let stack = AzureStack(try stage.stack().lowered(), stage: stage.stage, environment: environment)
            let drift = try await azure.withDeployment(of: stack.graph, in: environment) { session, _ in
                let deployment = try stack.deployment(in: session)
                let survey = try await deployment.survey(for: .absence)
                guard !survey.records.isEmpty else {
                    throw Failure("'\(stack.graph.name)' was never deployed here, so nothing can have changed since.")
                }
                return try await deployment.drift(of: survey)
            }
            if json {
                Terminal.output.write(DriftJSON.document(drift).text)
            } else {
                for line in DriftView(palette: colors.palette(environment)).lines(drift) { Terminal.output.write(line) }
            }
            if fail, !drift.isEmpty { throw ExitCode(1) }
        }
    }
}

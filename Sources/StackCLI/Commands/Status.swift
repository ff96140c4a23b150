import ArgumentParser
import Deployment
import JSONText
import StackModel
import Supervisor

/// Shows what runs.
struct Status<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "status",
            abstract: "Show which services run, where, and how healthy they are."
        )
    }

    @Option(help: "Where they run: \(CommandTarget.allValueStrings.joined(separator: " or ")).")
    var target = CommandTarget.local

    @OptionGroup var stage: StageOptions<Definition>
    @OptionGroup var azure: AzureOptions
    @OptionGroup var colors: ColorOptions

    @Flag(help: "One JSON document instead of a table.")
    var json = false

    func run() async throws {
        try await reportingFailures {
            switch target {
            case .local: try await showLocal()
            case .azure: try await showAzure()
            }
        }
    }

    private func showLocal() async throws {
        guard let record = RunRecord.current(in: StateDirectory()) else { throw Failure.nothingRuns }
        if json { return Terminal.output.write(record.json.text) }
        let environment = try await UserEnvironment()
        let palette = colors.palette(environment)
        Terminal.output.write("\(record.stack), supervised by PID \(record.supervisor)")
        for line in ServiceTable(palette: palette).lines(record.services) { Terminal.output.write(line) }
    }

    private func showAzure() async throws {
        let environment = try await UserEnvironment()
        let graph = try stage.stack().lowered()
        let status = try await azure.withDeployment(of: graph, in: environment) { session, template in
            let live = try await LiveStack(reading: template, in: session)
            return LiveStatus(
                stack: graph.name,
                scope: session.scope,
                resources: live.resources,
                apps: try await live.apps(in: session)
            )
        }
        if json { return Terminal.output.write(status.json.text) }
        for line in LiveStatusView(palette: colors.palette(environment)).lines(status) { Terminal.output.write(line) }
    }
}

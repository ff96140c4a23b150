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

    @Option(help: "Where they run: \(RunTarget.allValueStrings.joined(separator: ", ")).")
    var target = RunTarget.local

    @OptionGroup var stage: StageOptions<Definition>
    @OptionGroup var host: HostOptions
    @OptionGroup var azure: AzureOptions
    @OptionGroup var colors: ColorOptions

    @Flag(help: "One JSON document instead of a table.")
    var json = false

    func run() async throws {
        try await reportingFailures {
            switch target {
            case .local: try await showLocal()
            case .compose, .systemd: try await showHosted()
            case .azure: try await showAzure()
            }
        }
    }

    private func showHosted() async throws {
        let environment = try await UserEnvironment()
        let (graph, palette) = (try stage.stack().lowered(), colors.palette(environment))
        let host = try host.host(target, of: graph, stage: stage.stage, palette: palette, in: environment)
        let services = try await host?.status() ?? []
        guard !services.isEmpty else { throw Failure.nothingRuns }
        if json {
            let document: JSON = ["stack": .string(graph.name), "services": .array(services.map(\.json))]
            return Terminal.output.write(document.text)
        }
        for line in HostedServiceTable(palette: palette).lines(services) { Terminal.output.write(line) }
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

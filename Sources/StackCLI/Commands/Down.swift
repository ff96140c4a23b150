import ArgumentParser
import Deployment
import Planning
import StackModel
import Supervisor

/// Stops what runs, or removes what was deployed.
struct Down<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "down",
            abstract: "Stop the services on this machine, or remove from Azure what the stack created there.",
            discussion: """
                On this machine, what services keep stays; with --target compose or systemd, --purge removes it, then \
                or later, when whoever wants it has typed the name of the stack. In Azure all that the stack created \
                goes, data included, and nothing else: it is listed first, with what others have put into it, and \
                whoever wants it types the name of the stack. Protected resources \
                are not removed. The resource group goes when it was made for the stack and nothing is left in it.
                """
        )
    }

    @Option(help: "Where it is: \(RunTarget.allValueStrings.joined(separator: ", ")).")
    var target = RunTarget.local

    @OptionGroup var stage: StageOptions<Definition>
    @OptionGroup var host: HostOptions
    @OptionGroup var azure: AzureOptions
    @OptionGroup var options: ChangeOptions
    @OptionGroup var colors: ColorOptions

    @Flag(help: "Remove for good what services keep, and vaults and model accounts that Azure would keep for a while.")
    var purge = false

    func run() async throws {
        try await reportingFailures {
            switch target {
            case .local: try await stop()
            case .compose, .systemd: try await removeHosted()
            case .azure: try await remove()
            }
        }
    }

    private func removeHosted() async throws {
        let environment = try await UserEnvironment()
        let graph = try stage.stack().lowered()
        let palette = colors.palette(environment)
        let host = try host.host(target, of: graph, stage: stage.stage, palette: palette, in: environment)
        if purge {
            Terminal.error.write("All that the services of '\(graph.name)' keep on this machine will be removed.")
            try await options.consent(environment).remove(graph.name)
        }
        try await host?.down(purging: purge)
    }

    private func stop() async throws {
        guard !purge else {
            throw Failure(
                "What services keep on this machine is in \(StateDirectory().data).",
                "Run `infra down` without --purge, and delete that folder.",
                code: 64
            )
        }
        let directory = StateDirectory()
        guard let record = RunRecord.current(in: directory) else { throw Failure.nothingRuns }
        try await PlatformProcesses.endSupervisor(record.supervisor) {
            RunRecord.current(in: directory)?.supervisor == record.supervisor
        }
        Terminal.output.write("Stopped \(record.services.count) services.")
    }

    private func remove() async throws {
        let environment = try await UserEnvironment()
        let stack = AzureStack(try stage.stack().lowered(), stage: stage.stage, environment: environment)
        try await azure.withChange(of: stack.graph.name, where: .deployed, in: environment) { session, waits in
            let change = options.change(
                stack,
                to: .absence,
                .removal(options.consent(environment)),
                colors.palette(environment),
                environment
            )
            let outcome = try await change.run(in: session, waits: waits)
            let deployment = try stack.deployment(in: session)
            if purge { try await deployment.purge(outcome.survey.plan.steps) }
            tell(try await deployment.removeTraces(change.terms), session)
        }
    }

    private func tell(_ others: [String], _ session: AzureSession) {
        guard !others.isEmpty else { return }
        let group = session.scope.resourceGroup
        Terminal.error.write(
            "The resource group '\(group)' stays, because others have \(others.count) resource\(others.count == 1 ? "" : "s") in it."
        )
    }
}

extension Failure {
    static let nothingRuns = Failure("Nothing runs here. Start it with `infra up`.")
}

import ArgumentParser
import Deployment
import Logging
import ServiceLifecycle
import StackGraph
import StackModel
import Supervisor
import UnixSignals

/// Runs the stack.
struct Up<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "up",
            abstract: "Run the stack on this machine and follow its logs, or deploy it to Azure.",
            discussion: """
                On this machine, services start in the order of the graph, each when all it needs is healthy, and are \
                started again when they end. Ctrl-C stops them in the opposite order. Settings come from the \
                environment, then from .env, then from the stack.

                With --scale-to-zero, apps that scale to zero start when somebody connects to them or messages wait \
                for them, and stop when nobody has needed them for \(ScaleToZero.seconds) s, or for the seconds in \
                \(ScaleToZero.variable).

                With --target compose or systemd, the stack is rendered, started by Docker Compose or by systemd, and \
                runs on without this program; services that ran are started again where something has changed, with \
                systemd always.

                With --target azure, what is there is read, the plan is shown, and what has to change is changed, each \
                step as soon as what it needs is there. The code is built and brought along: images of container apps, \
                packages of function apps, each only where it is not there yet; an app whose new revision does not \
                start goes on with the old one. Running it again finishes what was interrupted, and changes \
                nothing that is as it should be. Where nobody can be asked, as in a workflow, it must be told so. \
                Who signs in: AZURE_CLIENT_ID and its like, a workflow's or machine's identity, or `az login`.

                Exit codes: 0 done; 1 failed; 64 wrong usage, or nobody to ask; 78 configuration, credentials or secrets \
                are missing; 130 interrupted.
                """
        )
    }

    @Option(help: "Where to: \(RunTarget.allValueStrings.joined(separator: ", ")).")
    var target = RunTarget.local

    @OptionGroup var stage: StageOptions<Definition>
    @OptionGroup var host: HostOptions
    @OptionGroup var azure: AzureOptions
    @OptionGroup var options: ChangeOptions
    @OptionGroup var code: CodeOptions
    @OptionGroup var colors: ColorOptions

    @Option(help: "Carry out in Azure exactly the plan in this file, which `preview` has saved, or nothing.")
    var plan: String?

    @Option(help: "Deploy to Azure only this resource of the stack and what it needs; may be said again.")
    var only: [String] = []

    @Flag(help: "With --target local: return when everything is healthy, and leave it running.")
    var detach = false

    @Flag(help: "With --target local: let apps that scale to zero sleep until somebody needs them.")
    var scaleToZero = false

    @Option(help: "Add this to every port of this machine, to run two stacks side by side.")
    var portOffset = 0

    @Option(help: "With --target systemd: the folder of the programs, where it is not that of this one.")
    var bin: String?

    @Flag(help: .private)
    var detached = false

    func validate() throws {
        guard (0...50_000).contains(portOffset) else { throw ValidationError("--port-offset must be from 0 to 50000.") }
    }

    func run() async throws {
        try await reportingFailures {
            switch target {
            case .local: try await runHere()
            case .compose, .systemd: try await runHosted()
            case .azure: try await deploy()
            }
        }
    }

    private func runHosted() async throws {
        let environment = try await UserEnvironment()
        try await host.host(
            target,
            of: try stage.stack().lowered(),
            stage: stage.stage,
            portOffset: portOffset,
            programs: bin,
            palette: colors.palette(environment),
            in: environment
        )?.up()
    }

    private func deploy() async throws {
        let environment = try await UserEnvironment()
        let stack = AzureStack(try stage.stack().lowered(), stage: stage.stage, environment: environment)
        let goal = StackDeployment.Goal.program(only: try stack.checked(only))
        let saved = try plan.map { try SavedPlan(file: $0) }
        let source = code.code ?? saved.map { $0.bringsCode ? .built : .keep } ?? .build
        try await azure.withChange(of: stack.graph.name, in: environment) { session, waits in
            let approval: AzureChange.Approval =
                if let saved { .saved(saved) } else { .changes(options.consent(environment)) }
            var change = options.change(stack, to: goal, approval, colors.palette(environment), environment)
            if let saved, let plan { try change.check(saved, in: plan, session) }
            if source == .build { try await change.checkBeforehand(in: session) }
            change.stack = try await stack.running(codeFrom: source)
            try await change.run(in: session, waits: waits)
        }
    }

    private func runHere() async throws {
        do {
            let environment = try await UserEnvironment()
            let directory = StateDirectory()
            let graph = try stage.stack().lowered()
            try directory.create()
            if detach {
                if let running = RunRecord.current(in: directory) {
                    throw StateError.running(processID: running.supervisor)
                }
                let stack = try await prepared(graph, directory, environment)
                try await DetachedRun(stack: stack, arguments: arguments).start(palette: colors.palette(environment))
            } else {
                let lock = try StateLock(directory)
                let stack = try await prepared(graph, directory, environment)
                try await serve(stack, colors.palette(environment))
                withExtendedLifetime(lock) {}
            }
        }
    }

    /// The stack with everything checked that can be checked before something starts.
    private func prepared(
        _ graph: Graph,
        _ directory: StateDirectory,
        _ environment: UserEnvironment
    ) async throws -> LocalStack {
        let stack = try LocalStack(
            graph,
            in: directory,
            portOffset: portOffset,
            scalesToZero: scaleToZero,
            environment: environment
        )
        guard stack.missingExecutables.isEmpty else {
            throw Failure(
                "These programs are missing in \(stack.executables): \(stack.missingExecutables.joined(separator: ", ")).",
                "Build them with `swift build`, and run the command again."
            )
        }
        let conflicts = try await ConflictCheck(plan: stack.plan).conflicts()
        guard conflicts.isEmpty else { throw Failure(conflicts) }
        return stack
    }

    /// The words by which the supervisor in the background is started.
    private var arguments: [String] {
        ["up", "--stage", stage.stage, "--port-offset", String(portOffset), "--no-color", "--detached"]
            + (scaleToZero ? ["--scale-to-zero"] : [])
    }

    private func serve(_ stack: LocalStack, _ palette: Palette) async throws {
        if detached { PlatformProcesses.leaveTerminal() }
        let logs = detached ? nil : LogView(services: stack.plan.processes.map(\.name), palette: palette)
        let isUp = Milestone()
        let run = LocalRun(stack: stack, stage: stage.stage, view: RunView(palette: palette, logs: logs)) {
            isUp.reach()
            return detached ? [] : (try? await Examples.lines(for: stack.plan)) ?? []
        }
        var logger = Logger(label: "infra")
        logger.logLevel = .critical
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: run, successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: [.sigint, .sigterm, .sighup],
                logger: logger
            )
        )
        try await group.run()
        guard isUp.isReached else { throw ExitCode(130) }
    }
}

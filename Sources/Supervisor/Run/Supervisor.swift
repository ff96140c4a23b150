public import ServiceLifecycle

/// Runs a plan on this machine until it is told to stop.
///
/// Each process starts as soon as those it waits for are healthy, is started again when it ends by itself, and is
/// stopped after those that need it. A process that sleeps starts when somebody needs it. Every process ends with the
/// supervisor, however the supervisor ends.
public struct Supervisor: Service {
    private let plan: LocalPlan
    private let launcher: ProcessLauncher
    private let backlog: BacklogCount
    private let report: @Sendable (SupervisorEvent) -> Void

    /// Prepares to run a plan.
    ///
    /// - Parameters:
    ///   - plan: What to run.
    ///   - executables: The folder with the programs.
    ///   - environment: The user's environment, of which processes get the harmless part.
    ///   - backlog: Tells how many messages wait for processes that are woken by them.
    ///   - report: Called with all that happens, from any thread.
    public init(
        _ plan: LocalPlan,
        executables: String,
        environment: [String: String],
        backlog: @escaping BacklogCount,
        report: @escaping @Sendable (SupervisorEvent) -> Void
    ) {
        self.plan = plan
        self.launcher = ProcessLauncher(directory: executables, environment: environment)
        self.backlog = backlog
        let redaction = Redaction(of: plan.secrets)
        self.report = { event in report(redaction.applied(to: event)) }
    }

    public func run() async throws {
        let start = ContinuousClock.now
        let sockets = try sockets()
        let stopping = Gate()
        let healthy = gates()
        let stopped = gates()
        let runners = plan.processes.map { process in
            ServiceRunner(
                plan: process,
                launcher: launcher,
                socket: sockets[process.name],
                backlog: backlog,
                mayStart: process.waitsFor.compactMap { healthy[$0] },
                stopping: stopping,
                usersStopped: plan.processes.filter { $0.waitsFor.contains(process.name) }
                    .compactMap { stopped[$0.name] },
                healthy: healthy[process.name] ?? Gate(),
                stopped: stopped[process.name] ?? Gate(),
                report: report
            )
        }
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { [report] in
                    for gate in healthy.values { guard (try? await gate.wait()) != nil else { return } }
                    report(.allHealthy(after: .now - start))
                }
                await run(runners)
                group.cancelAll()
            }
        } onGracefulShutdown: {
            stopping.open()
        }
    }

    private func run(_ runners: [ServiceRunner]) async {
        await withTaskGroup(of: Void.self) { group in
            for runner in runners { group.addTask { await runner.run() } }
        }
    }

    /// Opens the ports of processes that are started by connections.
    private func sockets() throws(PortsTaken) -> [String: ListeningSocket] {
        var sockets: [String: ListeningSocket] = [:]
        for process in plan.processes where process.sleep?.listens == true {
            sockets[process.name] = try ListeningSocket(port: process.port)
        }
        return sockets
    }

    private func gates() -> [String: Gate] {
        Dictionary(plan.processes.map { ($0.name, Gate()) }) { first, _ in first }
    }
}

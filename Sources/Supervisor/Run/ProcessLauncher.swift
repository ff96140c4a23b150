import Settings
import Subprocess

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// A process that runs, for as long as its launcher's body does.
struct RunningProcess: Sendable {
    let id: Int
    /// Asks it to end, and makes it end when it has not after the time allowed.
    let stop: @Sendable (Duration) async -> Void
    /// Ends it now.
    let kill: @Sendable () -> Void
}

/// Starts processes; the one place that does.
struct ProcessLauncher: Sendable {
    /// The folder with the executables.
    let directory: String
    /// What every process gets from the environment of its parent: enough to find files and trust certificates, and no
    /// secret that was meant for another program.
    let inherited: [String: String]

    static let inheritedNames = [
        "PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "TZ", "USER", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY",
        "HTTPS_PROXY", "NO_PROXY", "OTEL_EXPORTER_OTLP_ENDPOINT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH",
    ]

    init(directory: String, environment: [String: String]) {
        self.directory = directory
        self.inherited = environment.filter { Self.inheritedNames.contains($0.key) }
    }

    /// Runs one process to its end.
    ///
    /// The process gets a group of its own, so that Ctrl-C reaches only the supervisor, which then stops everything in
    /// order. Its standard input is a lifeline: it stays open exactly as long as the supervisor lives.
    ///
    /// - Parameters:
    ///   - plan: What to start.
    ///   - onLine: Called with each line that the process writes.
    ///   - body: Accompanies the running process; cancelled when the process ends.
    /// - Returns: How it ended.
    func run(
        _ plan: ProcessPlan,
        onLine: @escaping @Sendable (String) -> Void,
        body: @escaping @Sendable (RunningProcess) async throws -> Void
    ) async -> ExitReason {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(1))]
        do {
            let result = try await Subprocess.run(
                .path(FilePath("\(directory)/\(plan.executable)")),
                arguments: Arguments(plan.arguments),
                environment: environment(of: plan),
                platformOptions: options,
                input: .inputWriter,
                output: .sequence,
                error: .combinedWithOutput
            ) { execution in
                let process = RunningProcess(
                    id: Int(execution.processIdentifier.value),
                    stop: { allowed in
                        await execution.teardown(using: [.gracefulShutDown(allowedDurationToNextStep: allowed)])
                    },
                    kill: { try? execution.send(signal: .kill) }
                )
                let output = execution.standardOutput
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await body(process) }
                    var splitter = LineSplitter()
                    for try await buffer in output {
                        for line in buffer.withUnsafeBytes({ splitter.lines(adding: $0) }) { onLine(line) }
                    }
                    if let line = splitter.last() { onLine(line) }
                    group.cancelAll()
                    while await group.nextResult() != nil {}
                }
            }
            return switch result.terminationStatus {
            case .exited(let code): .exit(code: Int(code))
            case .signaled(let signal): .signal(Int(signal))
            }
        } catch {
            return .failedToStart("\(plan.executable) in \(directory)")
        }
    }

    private func environment(of plan: ProcessPlan) -> Environment {
        var values = inherited
        for (name, value) in plan.environment { values[name] = value.unsafeRevealed }
        values["SLIPWAY_LIFELINE"] = "1"
        return .custom(Dictionary(uniqueKeysWithValues: values.map { (Environment.Key(stringLiteral: $0), $1) }))
    }
}

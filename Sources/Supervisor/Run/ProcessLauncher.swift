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
    ///   - socket: What it takes connections from; `nil` where it opens its own.
    ///   - onLine: Called with each line that the process writes.
    ///   - body: Accompanies the running process; cancelled when the process ends.
    /// - Returns: How it ended.
    func run(
        _ plan: ProcessPlan,
        on socket: ListeningSocket? = nil,
        onLine: @escaping @Sendable (String) -> Void,
        body: @escaping @Sendable (RunningProcess) async throws -> Void
    ) async -> ExitReason {
        let program = "\(directory)/\(plan.executable)"
        let command = Command(program: program, arguments: plan.arguments, environment: environment(of: plan))
        do {
            guard let socket else {
                return try await run(command, errors: .combinedWithOutput, onLine: onLine, body: body)
            }
            let errors = FileDescriptorOutput.fileDescriptor(
                FileDescriptor(rawValue: socket.descriptor),
                closeAfterSpawningProcess: false
            )
            return try await run(command.activated, errors: errors, onLine: onLine, body: body)
        } catch {
            return .failedToStart("\(plan.executable) in \(directory)")
        }
    }

    private func run(
        _ command: Command,
        errors: some ErrorOutputProtocol,
        onLine: @escaping @Sendable (String) -> Void,
        body: @escaping @Sendable (RunningProcess) async throws -> Void
    ) async throws -> ExitReason {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(1))]
        let result = try await Subprocess.run(
            .path(FilePath(command.program)),
            arguments: Arguments(command.arguments),
            environment: command.environment,
            platformOptions: options,
            input: .inputWriter,
            output: .sequence,
            error: errors
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
    }

    private func environment(of plan: ProcessPlan) -> Environment {
        var values = inherited
        for (name, value) in plan.environment { values[name] = value.unsafeRevealed }
        values["SLIPWAY_LIFELINE"] = "1"
        return .custom(Dictionary(uniqueKeysWithValues: values.map { (Environment.Key(stringLiteral: $0), $1) }))
    }
}

/// What to execute.
private struct Command {
    var program: String
    var arguments: [String]
    let environment: Environment

    /// The same program with the socket that comes as standard error as its descriptor 3, as service managers do it.
    ///
    /// A process is told its own number, which nobody knows before it is there: hence the shell, which then becomes the
    /// program. Source: freedesktop.org/software/systemd/man/sd_listen_fds.html
    var activated: Command {
        let script = #"export LISTEN_FDS=1 LISTEN_PID=$$; exec "$0" "$@" 3>&2 2>&1"#
        return Command(program: "/bin/sh", arguments: ["-c", script, program] + arguments, environment: environment)
    }
}

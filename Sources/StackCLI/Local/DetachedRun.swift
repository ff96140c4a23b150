import Supervisor
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A supervisor in the background, and the wait until it says that everything is healthy.
struct DetachedRun {
    let directory: StateDirectory
    let arguments: [String]

    private static let patience = Duration.seconds(60)

    func start(palette: Palette) async throws {
        try directory.create()
        if let running = RunRecord.current(in: directory) { throw StateError.running(processID: running.supervisor) }
        let log = directory.log(of: "supervisor")
        let executable = try LocalStack.executable().string
        let processID = try PlatformProcesses.spawnDetached([executable] + arguments + ["--detached"], output: log)
        let deadline = ContinuousClock.now + Self.patience
        while ContinuousClock.now < deadline {
            if let record = RunRecord.current(in: directory), record.supervisor == processID, record.isHealthy {
                for line in ServiceTable(palette: palette).lines(record.services) { Terminal.output.write(line) }
                Terminal.output.write("Running in the background. `infra logs -f` follows, `infra down` stops.")
                return
            }
            guard PlatformProcesses.isRunning(child: processID) else {
                let text = FileManager.default.contents(atPath: log).map { String(decoding: $0, as: UTF8.self) } ?? ""
                throw Failure(text.isEmpty ? "The supervisor ended. See \(log)." : text, code: 1)
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Failure(
            "Not every service was healthy within \(Self.patience.components.seconds) s. See `infra status` and `infra logs`."
        )
    }
}

extension RunRecord {
    var isHealthy: Bool {
        services.allSatisfy { $0.state.startMilliseconds != nil }
    }
}

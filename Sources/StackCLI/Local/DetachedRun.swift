import Supervisor
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A supervisor in the background, and the wait until it says that everything is healthy.
struct DetachedRun {
    let stack: LocalStack
    let arguments: [String]

    private static let patience = Duration.seconds(60)

    func start(palette: Palette) async throws {
        let log = stack.directory.log(of: "supervisor")
        let executable = try LocalStack.executable().string
        let start = ContinuousClock.now
        let processID = try PlatformProcesses.spawnDetached(
            [executable] + arguments,
            environment: stack.environment.variables,
            output: log
        )
        while ContinuousClock.now - start < Self.patience {
            if let record = RunRecord.current(in: stack.directory), record.supervisor == processID, record.isUp {
                return try await show(record, palette)
            }
            guard PlatformProcesses.isRunning(child: processID) else {
                let text = FileManager.default.contents(atPath: log).map { String(decoding: $0, as: UTF8.self) } ?? ""
                throw Failure(text.isEmpty ? "The supervisor ended. See \(log)." : text)
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Failure(
            "Not every service was healthy within \(Self.patience.components.seconds) s.",
            "See `infra status` and `infra logs`; stop it with `infra down`."
        )
    }

    private func show(_ record: RunRecord, _ palette: Palette) async throws {
        let notes = stack.plan.notes.map { palette.paint("! \($0.subject): \($0.text)", .yellow) }
        let lines =
            ServiceTable(palette: palette).lines(record.services) + [""] + notes
            + ["Running in the background. `infra logs -f` follows, `infra down` stops."]
            + (try await Examples.lines(for: stack.plan))
        for line in lines { Terminal.output.write(line) }
    }
}

extension RunRecord {
    /// Whether every service is healthy, or would be if somebody needed it.
    var isUp: Bool {
        services.allSatisfy { service in
            switch service.state {
            case .healthy, .asleep, .waking: true
            case .waiting, .starting, .unhealthy, .restarting, .stopping, .stopped: false
            }
        }
    }
}

import ArgumentParser
import Supervisor

/// Stops what runs.
struct Down: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stop the services that run on this machine; what they keep stays."
    )

    private static let patience = Duration.seconds(10)

    func run() async throws {
        try await reportingFailures {
            let directory = StateDirectory()
            guard let record = RunRecord.current(in: directory) else { throw Failure.nothingRuns }
            PlatformProcesses.terminate(record.supervisor)
            let deadline = ContinuousClock.now + Self.patience
            while RunRecord.current(in: directory)?.supervisor == record.supervisor {
                guard ContinuousClock.now < deadline else {
                    throw Failure(
                        "The supervisor (PID \(record.supervisor)) has not stopped yet. Look at `infra status`."
                    )
                }
                try await Task.sleep(for: .milliseconds(10))
            }
            Terminal.output.write("Stopped \(record.services.count) services.")
        }
    }
}

extension Failure {
    static let nothingRuns = Failure("Nothing runs here. Start it with `infra up`.")
}

import ArgumentParser
import JSONText
import Supervisor

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Shows what runs.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show which services run, where, and how healthy they are."
    )

    @OptionGroup var colors: ColorOptions

    @Flag(help: "One JSON document instead of a table.")
    var json = false

    func run() async throws {
        try await reportingFailures {
            guard let record = RunRecord.current(in: StateDirectory()) else { throw Failure.nothingRuns }
            if json { return Terminal.output.write(record.json.text) }
            let environment = try await UserEnvironment()
            let palette = colors.palette(environment)
            Terminal.output.write("\(record.stack), supervised by PID \(record.supervisor)")
            for line in ServiceTable(palette: palette).lines(record.services) { Terminal.output.write(line) }
        }
    }
}

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

/// Shows what services wrote.
struct Logs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show the logs of all services, or of one.")

    @Argument(help: "The service; all of them when left out.")
    var service: String?

    @Flag(name: .shortAndLong, help: "Go on as more is written, until Ctrl-C.")
    var follow = false

    @Option(help: "How many lines of each service to begin with.")
    var lines = 100

    @OptionGroup var colors: ColorOptions

    func validate() throws {
        guard lines >= 0 else { throw ValidationError("--lines must not be negative.") }
    }

    func run() async throws {
        try await reportingFailures {
            let directory = StateDirectory()
            let known = try Self.services(in: directory)
            let wanted = try service.map { [try Self.checked($0, among: known)] } ?? known
            let environment = try await UserEnvironment()
            let palette = colors.palette(environment)
            let view = LogView(services: wanted, palette: palette)
            var tails = wanted.map { LogTail(service: $0, path: directory.log(of: $0)) }
            for index in tails.indices {
                for line in tails[index].last(lines) {
                    Terminal.output.write(view.line(line, of: tails[index].service))
                }
            }
            while follow {
                try await Task.sleep(for: .milliseconds(100))
                for index in tails.indices {
                    for line in tails[index].newLines() {
                        Terminal.output.write(view.line(line, of: tails[index].service))
                    }
                }
            }
        }
    }

    private static func services(in directory: StateDirectory) throws -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: directory.logs)) ?? []
        let names = files.filter { $0.hasSuffix(".log") }.map { String($0.dropLast(".log".count)) }
            .filter { $0 != "supervisor" }.sorted()
        guard !names.isEmpty else { throw Failure("There are no logs here yet. Start the stack with `infra up`.") }
        return names
    }

    private static func checked(_ service: String, among known: [String]) throws -> String {
        guard known.contains(service) else {
            throw Failure("There is no service '\(service)'. There are: \(known.joined(separator: ", ")).", code: 64)
        }
        return service
    }
}

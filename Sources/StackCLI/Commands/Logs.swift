import ArgumentParser
import StackModel
import Supervisor

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Shows what services wrote.
struct Logs<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "logs", abstract: "Show the logs of all services, or of one.")
    }

    @Argument(help: "The service; all of them when left out.")
    var service: String?

    @Flag(name: .shortAndLong, help: "Go on as more is written, until Ctrl-C.")
    var follow = false

    @Option(help: "How many lines of each service to begin with; Azure has 300 at most.")
    var lines = 100

    @Option(help: "Where they run: \(RunTarget.allValueStrings.joined(separator: ", ")).")
    var target = RunTarget.local

    @OptionGroup var stage: StageOptions<Definition>
    @OptionGroup var host: HostOptions
    @OptionGroup var azure: AzureOptions
    @OptionGroup var colors: ColorOptions

    func validate() throws {
        guard lines >= 0 else { throw ValidationError("--lines must not be negative.") }
    }

    func run() async throws {
        try await reportingFailures {
            switch target {
            case .local: try await showLocal()
            case .compose, .systemd:
                let environment = try await UserEnvironment()
                let (graph, palette) = (try stage.stack().lowered(), colors.palette(environment))
                try await host.host(target, of: graph, stage: stage.stage, palette: palette, in: environment)?
                    .logs(of: service, lines: lines, follow: follow)
            case .azure: try await showAzure()
            }
        }
    }

    private func showLocal() async throws {
        let directory = StateDirectory()
        let known = try Self.services(in: directory)
        let wanted = try service.map { [try ServiceNames(known: known).checked($0)] } ?? known
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

    private static func services(in directory: StateDirectory) throws -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: directory.logs)) ?? []
        let names = files.filter { $0.hasSuffix(".log") }.map { String($0.dropLast(".log".count)) }
            .filter { $0 != "supervisor" }.sorted()
        guard !names.isEmpty else { throw Failure("There are no logs here yet. Start the stack with `infra up`.") }
        return names
    }
}

/// The names of services that a person may say.
struct ServiceNames {
    let known: [String]

    /// A name that is one of them.
    ///
    /// - Throws: ``Failure`` that lists them, for another.
    func checked(_ name: String) throws -> String {
        guard known.contains(name) else {
            throw Failure("There is no service '\(name)'. There are: \(known.joined(separator: ", ")).", code: 64)
        }
        return name
    }
}

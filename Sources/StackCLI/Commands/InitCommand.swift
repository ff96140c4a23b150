import ArgumentParser

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Begins a new package with a stack of its own.
struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a new package: a stack with one service, ready to run, render and deploy.",
        discussion: """
            Nothing that is there is overwritten: where one of the files exists, none is written. A package finds Slipway \
            in a checkout on this machine (--slipway-path) or in a repository (--slipway-url and --slipway-version).
            """
    )

    @Argument(help: "The folder of the package; it is made where it is missing.")
    var directory = "."

    @Option(help: "The name of the project: small letters, digits and hyphens. By default that of the folder.")
    var name: String?

    @Option(help: "A checkout of Slipway, from the folder of the package or from the root.")
    var slipwayPath: String?

    @Option(name: .customLong("slipway-url"), help: "The repository of Slipway.")
    var slipwayURL: String?

    @Option(help: "The oldest version of Slipway in that repository that will do.")
    var slipwayVersion: String?

    func validate() throws {
        guard (slipwayPath == nil) != (slipwayURL == nil) else {
            throw ValidationError(
                "Say where Slipway is: with --slipway-path, or with --slipway-url and --slipway-version."
            )
        }
        guard (slipwayURL == nil) == (slipwayVersion == nil) else {
            throw ValidationError("--slipway-url and --slipway-version belong together.")
        }
        let isVersion = slipwayVersion.map { version in
            let numbers = version.split(separator: ".", omittingEmptySubsequences: false)
            return numbers.count == 3 && numbers.allSatisfy { UInt($0) != nil }
        }
        guard isVersion ?? true else { throw ValidationError("--slipway-version must be like 1.2.3.") }
    }

    func run() async throws {
        try await reportingFailures {
            let folder = URL(filePath: directory).standardizedFileURL
            let scaffold = Scaffold(name: try projectName(in: folder), source: source)
            try ScaffoldWriter(folder: folder).write(scaffold)
            for file in scaffold.files { Terminal.output.write("wrote \(directory)/\(file.path)") }
            Terminal.output.write("")
            Terminal.output.write(
                "Next, in \(directory.onOneLine): swift run infra render --all-stages, swift run infra up"
            )
        }
    }

    private func projectName(in folder: URL) throws -> ProjectName {
        if let name {
            if let name = ProjectName(name) { return name }
            throw Failure(
                "'\(name.onOneLine)' cannot be the name of a project.",
                "Choose 2 to 30 small letters, digits and single hyphens, a letter first.",
                code: ExitCode.validationFailure.rawValue
            )
        }
        if let name = ProjectName(folder: folder.lastPathComponent) { return name }
        throw Failure(
            "The name of the folder cannot be that of a project. Choose one with --name.",
            code: ExitCode.validationFailure.rawValue
        )
    }

    private var source: SlipwaySource {
        if let slipwayURL, let slipwayVersion { return .repository(slipwayURL, version: slipwayVersion) }
        return .path(slipwayPath ?? "")
    }
}

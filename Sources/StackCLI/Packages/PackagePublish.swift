import ArgumentParser
import Packaging
import StackGraph
import StackModel
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Publishes a package.
struct PackagePublish<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "publish",
            abstract: "Publish a function app to Azure, and wait until it answers.",
            discussion: """
                A package that the app has already is not published again. What serves goes on serving until the new \
                package is in place; one that fails changes nothing.
                """
        )
    }

    @OptionGroup var package: PackageOptions
    @OptionGroup var stage: StageOptions<Definition>
    @OptionGroup var azure: AzureOptions

    @Option(name: .customLong("package"), help: "A package that `infra package build` has written.")
    var file: String?

    @Flag(help: "Publish it even where the app has it already.")
    var force = false

    func validate() throws {
        if file != nil, package.binary != nil || package.swiftSDK != nil {
            throw ValidationError("--package has its program already: drop --binary and --swift-sdk.")
        }
    }

    func run() async throws {
        try await reportingFailures {
            let graph = try stage.stack().lowered()
            let contents = try package.package(in: graph)
            if let file {
                return try await publish(try PackageFile(at: FilePath(file)), of: graph)
            }
            let draft = FileManager.default.temporaryDirectory.appending(path: "slipway-\(UUID().uuidString).zip")
            defer { try? FileManager.default.removeItem(at: draft) }
            try await publish(try await package.write(contents, of: graph, to: FilePath(draft.path)), of: graph)
        }
    }

    private func publish(_ file: PackageFile, of graph: Graph) async throws {
        let environment = try await UserEnvironment()
        let app = AppPublication(graph: graph, name: package.service, isForced: force)
        let publication = try await azure.withDeployment(of: graph, in: environment) { session, template in
            try await app.publish(file, of: template, in: session)
        }
        Terminal.output.write(PublishingWords.sentence(for: publication, of: app.name))
    }
}

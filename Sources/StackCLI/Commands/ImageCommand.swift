public import ArgumentParser
import Azure
public import Images
import JSONText
import StackGraph
import StackModel
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Builds images and sends them to registries.
struct ImageCommand<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "image",
            abstract: "Build images of the stack's programs without Docker, and push them.",
            subcommands: [ImageBuildCommand<Definition>.self, ImagePushCommand<Definition>.self]
        )
    }
}

/// Which image a command is about.
struct ImageOptions<Definition: StackDefinition>: ParsableArguments {
    @Argument(help: "An app of the stack, or the name of its program.")
    var service: String

    @OptionGroup var stage: StageOptions<Definition>

    func subject() throws -> (ImageSubject, in: Graph) {
        let graph = try stage.stack().lowered()
        return (try ImageSubject(named: service, in: graph), graph)
    }
}

/// Builds an image.
struct ImageBuildCommand<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "build",
            abstract: "Build an image of one static program, the certificates of this machine and a user.",
            discussion: """
                The same program gives the same digest. A list of all packages in it, in SPDX, lies beside the image \
                and is pushed with it. Without --binary the program is built first.
                """
        )
    }

    @OptionGroup var options: ImageOptions<Definition>

    @Option(help: "The folder of the layout, as oci:FOLDER; by default .slipway/images/NAME.")
    var output: LayoutPlace?

    @Option(help: "A static program for Linux that is built already.")
    var binary: String?

    @Option(help: "The tag; by default the stack's.")
    var tag: String?

    @Option(help: "The machines that it is for; Azure Container Apps has amd64 alone.")
    var architecture = Architecture.amd64

    @Option(help: "A file of certificates; by default those of this machine.")
    var certificates: String?

    func run() async throws {
        try await reportingFailures {
            let (subject, graph) = try options.subject()
            let certificates = try certificates ?? ImageBuild.certificates()
            let program: String
            if let binary {
                program = binary
            } else {
                program = try await ReleaseBuild(for: graph).binary(of: subject.executable).string
            }
            var recipe = subject.recipe(
                program: program,
                certificates: certificates,
                architecture: architecture,
                version: graph.version,
                tag: tag
            )
            recipe.origin = await GitOrigin.read()
            let path = output?.path ?? subject.folder
            let outcome = try ImageBuild.build(recipe, at: path)
            Terminal.output.write("\(subject.repository):\(recipe.tag)@\(outcome.image.digest)")
            Terminal.output.write(
                "\(Amounts.megabytes(outcome.size)) compressed, of which the program is "
                    + "\(Amounts.megabytes(outcome.programSize)) before; in oci:\(path)."
            )
        }
    }
}

/// Sends an image to a registry.
struct ImagePushCommand<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "push",
            abstract: "Send an image to a registry, and nothing that is there already.",
            discussion: """
                Registries of Azure are shown who is signed in to Azure, as `infra up --target azure` is. For others, \
                what `docker login` keeps in ~/.docker/config.json is used.
                """
        )
    }

    @OptionGroup var options: ImageOptions<Definition>

    @Option(help: "Where to, as HOST/REPOSITORY:TAG.")
    var to: ImageReference

    @Option(help: "The folder of the layout, as oci:FOLDER; by default .slipway/images/NAME.")
    var from: LayoutPlace?

    @Option(help: "Another repository of the registry, which may hold parts of the image already.")
    var mountFrom: String?

    func validate() throws {
        if let mountFrom, !ImageReference.isRepository(mountFrom) {
            throw ValidationError("'\(mountFrom)' cannot be the name of a repository.")
        }
    }

    func run() async throws {
        try await reportingFailures {
            let path = try from?.path ?? options.subject().0.folder
            let layout = try ImageLayout(reading: path)
            let environment = try await UserEnvironment()
            try await RegistrySession.run(with: to, in: environment) { session in
                let push = ImagePush(
                    layout,
                    to: to,
                    credential: session.credential,
                    mountingFrom: mountFrom,
                    connection: session.connection
                )
                do {
                    let outcome = try await push.run()
                    Terminal.output.write("\(to)@\(outcome.digest)")
                    Terminal.output.write(outcome.words)
                } catch let error as RegistryError {
                    throw Failure(error, at: to, identity: session.identity)
                }
            }
        }
    }
}

extension ImagePush.Outcome {
    /// What was sent, in a sentence.
    var words: String {
        if isUnchanged, sent.isEmpty { return "The registry has it already; nothing was sent." }
        let count = sent.count
        let taken = mounted.isEmpty ? "" : " \(mounted.count) came from the other repository."
        return "Sent \(count == 1 ? "1 blob" : "\(count) blobs"), \(Amounts.megabytes(bytes)).\(taken)"
    }
}

extension Amounts {
    /// A size in millions of bytes: `34.6 MB`.
    static func megabytes(_ bytes: Int) -> String { "\(number((Double(bytes) / 100_000).rounded() / 10)) MB" }
}

extension ImageReference: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension Architecture: ExpressibleByArgument {}

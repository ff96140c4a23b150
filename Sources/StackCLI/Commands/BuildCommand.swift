import ArgumentParser
import Deployment
import Images
import Packaging
import StackModel

/// Builds the code of the stack.
struct BuildCommand<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "build",
            abstract: "Build all code of the stack for Azure: images of container apps, packages of function apps.",
            discussion: """
                They lie in .slipway, from where `up --target azure --code built` takes them. The same programs give the \
                same bytes. The compiler sees none of the stack's secrets.
                """
        )
    }

    @OptionGroup var stage: StageOptions<Definition>

    @Option(help: "The Swift SDK to build the programs with; see `swift sdk list`.")
    var swiftSDK: String?

    func run() async throws {
        try await reportingFailures {
            let code = try await CodeBuild(of: try stage.stack().lowered()).build(sdk: swiftSDK)
            for image in code.images {
                Terminal.output.write("image \(image.node.reference)@\(image.digest) in oci:\(image.layout.path)")
            }
            for package in code.packages {
                Terminal.output.write(
                    "package \(package.name.name)@sha256:\(package.file.digest) in \(package.file.path)"
                )
            }
        }
    }
}

import ArgumentParser
import Packaging
import StackGraph
import StackModel
import SystemPackage

/// Makes packages of function apps, and publishes them.
struct PackageCommand<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "package",
            abstract: "Make the package of a function app, and publish it to Azure.",
            subcommands: [PackageBuild<Definition>.self, PackagePublish<Definition>.self]
        )
    }
}

/// Which function app a package is of, and with which program.
struct PackageOptions: ParsableArguments {
    @Argument(help: "The function app, by its name in the stack.")
    var service: String

    @Option(help: "The program, built for Linux on x86-64; by default it is built for release.")
    var binary: String?

    @Option(help: "The Swift SDK to build the program with; see `swift sdk list`.")
    var swiftSDK: String?

    func validate() throws {
        if binary != nil, swiftSDK != nil { throw ValidationError("--binary is built already: drop --swift-sdk.") }
    }

    /// The function app and its package.
    func package(in graph: Graph) throws -> FunctionPackage {
        guard let package = FunctionPackage(of: service, in: graph) else {
            let known = graph.functionAppNames
            let words = known.isEmpty ? "The stack has none." : "There are: \(known.joined(separator: ", "))."
            throw Failure("There is no function app '\(service)'. \(words)", code: 64)
        }
        return package
    }

    /// Writes the package, and builds its program first where none is named.
    func write(_ package: FunctionPackage, of graph: Graph, to path: FilePath) async throws -> PackageFile {
        let program: FilePath
        if let binary {
            program = FilePath(binary)
        } else {
            program = try await ReleaseBuild(for: graph, sdk: swiftSDK).binary(of: package.handler)
        }
        return try package.write(to: path, handler: program)
    }
}

/// Writes a package.
struct PackageBuild<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "build",
            abstract: "Write the package of a function app: its program, host.json and the functions.",
            discussion: """
                The same program and the same stack give the same bytes. What is at the place stays until the new \
                package is complete.
                """
        )
    }

    @OptionGroup var package: PackageOptions
    @OptionGroup var stage: StageOptions<Definition>

    @Option(name: .shortAndLong, help: "The file to write, such as functions.zip.")
    var output: String

    func run() async throws {
        try await reportingFailures {
            let graph = try stage.stack().lowered()
            let contents = try package.package(in: graph)
            let file = try await package.write(contents, of: graph, to: FilePath(output))
            Terminal.output.write("wrote \(output) (\(Amounts.bytes(file.size)), sha256:\(file.digest))")
        }
    }
}

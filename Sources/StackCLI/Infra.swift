public import ArgumentParser
import ServiceKit
public import StackModel

/// The command line of a stack.
///
/// A package makes its own `infra` program out of its stack in one line: `await Infra<Lightening>.run()`.
public struct Infra<Definition: StackDefinition>: AsyncParsableCommand {
    public static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "infra",
            abstract: "Runs the stack on this machine, deploys it to Azure, and shows what it is made of.",
            version: ServiceIdentity.currentVersion,
            subcommands: [
                Up<Definition>.self, Preview<Definition>.self, Down<Definition>.self, Status<Definition>.self,
                Logs<Definition>.self, Outputs<Definition>.self, DriftCommand<Definition>.self,
                Rollback<Definition>.self, Rehearse<Definition>.self, LockCommand<Definition>.self,
                RenderCommand<Definition>.self, DiffCommand<Definition>.self, GraphCommand<Definition>.self,
                CostCommand<Definition>.self, SecretsCommand<Definition>.self, Token<Definition>.self,
                QueueCommand<Definition>.self, Doctor<Definition>.self, EmulatorCommand.self,
                PipelineCommand<Definition>.self, InitCommand.self,
                BuildCommand<Definition>.self, PackageCommand<Definition>.self, ImageCommand<Definition>.self,
            ]
        )
    }

    public init() {}

    /// Reads the command line, does what it says, and ends the process with the exit code.
    public static func run() async {
        await main()
    }
}

/// Which variant of the stack a command is about.
struct StageOptions<Definition: StackDefinition>: ParsableArguments {
    @Option(name: .long, help: "The stage: \(Self.names.joined(separator: " or ")).")
    var stage: String = Self.names.first ?? ""

    static var names: [String] { Definition.Stage.allCases.map(\.rawValue) }

    func validate() throws {
        guard Definition.Stage(rawValue: stage) != nil else {
            throw ValidationError(
                "There is no stage '\(stage)'. The stages are: \(Self.names.joined(separator: ", "))."
            )
        }
    }

    /// The stack at this stage.
    func stack() throws -> Stack {
        guard let stage = Definition.Stage(rawValue: stage) else { throw ExitCode.validationFailure }
        return Definition(stage: stage).stack
    }
}

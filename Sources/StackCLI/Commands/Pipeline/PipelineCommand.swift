import ArgumentParser
import StackModel

/// What workflows need: an identity in Azure, and a comment that is kept up to date.
struct PipelineCommand<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "pipeline",
            abstract: "Let a workflow of GitHub deploy the stack, and tell pull requests what they change.",
            subcommands: [PipelineInit<Definition>.self, PipelineComment.self]
        )
    }
}

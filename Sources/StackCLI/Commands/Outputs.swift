import ArgumentParser
import Deployment
import JSONText
import Planning
import StackModel

/// Shows what a deployed stack tells about itself.
struct Outputs<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "outputs",
            abstract: "Show the addresses and names that a deployed stack tells."
        )
    }

    @Option(help: "Where it is deployed: azure; a stack on this machine tells all in `infra status`.")
    var target = CommandTarget.azure

    @OptionGroup var stage: StageOptions<Definition>
    @OptionGroup var azure: AzureOptions
    @OptionGroup var colors: ColorOptions

    @Flag(help: "One JSON document instead of lines.")
    var json = false

    func validate() throws {
        guard target == .azure else {
            throw ValidationError("A stack on this machine has no outputs. `infra status` shows its addresses.")
        }
    }

    func run() async throws {
        try await reportingFailures {
            let environment = try await UserEnvironment()
            let palette = colors.palette(environment)
            let graph = try stage.stack().lowered()
            let outputs = try await azure.withDeployment(of: graph, in: environment) { session, template in
                let isMentioned = LiveStack.isMentioned(in: template)
                return try await LiveStack(reading: template, in: session, where: isMentioned).outputs
            }
            if json {
                let members = outputs.map { JSON.Member($0.name, .string($0.value)) }
                return Terminal.output.write(JSON.object(members).text)
            }
            let width = outputs.map(\.name.count).max() ?? 0
            for output in outputs {
                let name = palette.bold(output.name.padded(to: width))
                Terminal.output.write("\(name)  \(output.value.withoutControls)  \(palette.dim(output.description))")
            }
        }
    }
}

import ArgumentParser
import Renderers
import StackModel

/// Draws the resource graph.
struct GraphCommand<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "graph", abstract: "Print the resources and what each needs of the others.")
    }

    enum Format: String, CaseIterable, ExpressibleByArgument { case mermaid, dot, svg }

    @OptionGroup var stage: StageOptions<Definition>

    @Option(help: "The language of the drawing: mermaid, dot or svg.")
    var format = Format.mermaid

    func run() async throws {
        try await reportingFailures {
            let graph = try stage.stack().lowered()
            let text =
                switch format {
                case .mermaid: MermaidRenderer().render(graph)
                case .dot: DOTRenderer().render(graph)
                case .svg: SVGRenderer().render(graph)
                }
            Terminal.output.writeBytes(Array(text.utf8))
        }
    }
}

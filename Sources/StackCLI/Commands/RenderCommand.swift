public import ArgumentParser
public import Renderers
import StackGraph
import StackModel

/// Writes the stack in the languages of its targets.
struct RenderCommand<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "render",
            abstract: "Write the stack as Bicep, ARM JSON, Compose, systemd units and more.",
            discussion: """
                Files go to infra/rendered/STAGE/FORMAT. The same stack gives the same bytes, so that a change of the \
                stack shows as a difference of these files, and they can be kept under version control. No secret is \
                ever among them.
                """
        )
    }

    @Argument(help: "What to write: \(RenderFormat.names). All of it when nothing is said.")
    var formats: [RenderFormat] = []

    @OptionGroup var stage: StageOptions<Definition>

    @Flag(help: "Write every stage.")
    var allStages = false

    @Flag(help: "Write nothing, and fail with the list of files that differ.")
    var check = false

    @Flag(help: "Print the files in place of writing them.")
    var stdout = false

    @Flag(help: "Fail when a format cannot say something that the stack says.")
    var strict = false

    @Option(help: "The folder of the stages.")
    var folder = RenderedFolder.usual

    func validate() throws {
        if check && stdout {
            throw ValidationError("--check writes nothing, so there is nothing to print: drop --stdout.")
        }
    }

    func run() async throws {
        try await reportingFailures {
            var limitations: [Limitation] = []
            var differences: [String] = []
            for stage in stages {
                let graph = try Definition(stage: stage).stack.lowered()
                let formats = formats.isEmpty ? RenderFormat.allCases : formats
                for (format, rendering) in zip(formats, await RenderFormat.render(graph, as: formats)) {
                    limitations += rendering.limitations
                    let folder = RenderedFolder(self.folder, stage: stage.rawValue, format: format)
                    if stdout {
                        print(rendering.files, in: folder)
                    } else {
                        differences += try check ? folder.differences(from: rendering) : folder.write(rendering)
                    }
                }
            }
            try conclude(differences, limitations)
        }
    }

    private var stages: [Definition.Stage] {
        allStages ? Array(Definition.Stage.allCases) : Definition.Stage(rawValue: stage.stage).map { [$0] } ?? []
    }

    private func print(_ files: [RenderedFile], in folder: RenderedFolder) {
        for file in files {
            if formats.count != 1 || files.count != 1 { Terminal.output.write("==> \(folder.path)/\(file.path) <==") }
            Terminal.output.writeBytes(Array(file.contents.utf8))
        }
    }

    private func conclude(_ differences: [String], _ limitations: [Limitation]) throws {
        let notes = limitations.descriptions
        for note in notes { Terminal.error.write("note: \(note)") }
        if check, !differences.isEmpty {
            throw Failure(
                lines: ["These files are not what the stack says now:"] + differences.map { "  \($0)" }
                    + ["Run `infra render` and look at the difference, or `infra diff`."],
                code: 1
            )
        }
        if !check, !stdout {
            for difference in differences { Terminal.output.write(difference) }
            if differences.isEmpty { Terminal.output.write("Everything is as the stack says.") }
        }
        if strict, !notes.isEmpty {
            let count = notes.count
            throw Failure(
                "\(count) thing\(count == 1 ? "" : "s") of the stack cannot be rendered; see the notes above."
            )
        }
    }
}

extension RenderFormat: ExpressibleByArgument {
    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

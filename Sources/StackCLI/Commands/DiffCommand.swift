import ArgumentParser
import JSONText
import Planning
import Renderers
import StackGraph
import StackModel

/// Says what is different between rendered files.
struct DiffCommand<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "diff",
            abstract: "Show what the code renders now against the files on disk, a commit, or another stage.",
            discussion: """
                New is what the code says now; old is what it is compared with. Resources and properties are compared, \
                not lines: the order of keys and of named elements, the layout and comments make no difference.

                Exit codes: 0 done; with --detailed-exitcode 2 where something is different; 1 failed.
                """
        )
    }

    @Argument(help: "What to compare: \(RenderFormat.names). All of it when nothing is said.")
    var formats: [RenderFormat] = []

    @OptionGroup var stage: StageOptions<Definition>
    @OptionGroup var colors: ColorOptions

    @Option(help: "Compare with the files of this git branch, tag or commit.")
    var against: String?

    @Option(help: "Compare with another stage, rendered now.")
    var againstStage: String?

    @Option(help: "The folder of the stages.")
    var folder = RenderedFolder.usual

    @OptionGroup var form: DiffForm

    @Flag(name: .customLong("detailed-exitcode"), help: "End with 2 where something is different.")
    var detailedExitCode = false

    func validate() throws {
        guard against == nil || againstStage == nil else {
            throw ValidationError("--against and --against-stage name two old sides. Leave one out.")
        }
        if let againstStage, Definition.Stage(rawValue: againstStage) == nil {
            let names = StageOptions<Definition>.names.joined(separator: ", ")
            throw ValidationError("There is no stage '\(againstStage)'. The stages are: \(names).")
        }
    }

    func run() async throws {
        try await reportingFailures {
            let environment = try await UserEnvironment()
            let sides = try await sides()
            let isInteractive = Terminal.output.isInteractive
            let report = form.report(sides, colors.palette(environment), isInteractive: isInteractive)
            if !report.text.isEmpty { Terminal.output.write(report.text) }
            StepSummary(environment.variables).append(report.summary)
            if detailedExitCode, report.hasChanges { throw ExitCode(2) }
        }
    }

    /// What is compared, read and rendered.
    private func sides() async throws -> DiffSides {
        let graph = try stage.stack().lowered()
        let new = DiffSides.Side("stage \(stage.stage), as the code renders it now", await rendered(graph))
        if let againstStage, let other = Definition.Stage(rawValue: againstStage) {
            let otherGraph = try Definition(stage: other).stack.lowered()
            // Two stages differ in their names everywhere, which says nothing about either.
            let name = (old: otherGraph.name, new: graph.name)
            let files = await rendered(otherGraph).mapValues { $0.map { $0.renaming(name.old, to: name.new) } }
            let words = "stage \(againstStage), as the code renders it now, with '\(name.old)' read as '\(name.new)'"
            return DiffSides(old: .init(words, files), new: new, secrets: graph.secretSettings)
        }
        return DiffSides(old: try await stored(), new: new, secrets: graph.secretSettings)
    }

    /// The files of a commit, or those on disk.
    private func stored() async throws -> DiffSides.Side {
        let tree = against.map { GitTree(reference: $0) }
        var files: RenderedFiles = [:]
        for format in chosen {
            let folder = RenderedFolder(folder, stage: stage.stage, format: format)
            files[format] = if let tree { try await tree.files(in: folder) } else { try folder.files() }
        }
        let path = "\(folder)/\(stage.stage)"
        guard let tree else { return .init("\(path) on disk", files) }
        let commit = try await tree.commit()
        return .init("\(path) at \(tree.reference == commit ? commit : "\(tree.reference) (\(commit))")", files)
    }

    private func rendered(_ graph: Graph) async -> RenderedFiles {
        let renderings = await RenderFormat.render(graph, as: chosen)
        return Dictionary(uniqueKeysWithValues: zip(chosen, renderings.map(\.files)))
    }

    /// The chosen formats, each once, in their own order.
    private var chosen: [RenderFormat] {
        formats.isEmpty ? RenderFormat.allCases : RenderFormat.allCases.filter(formats.contains)
    }
}

/// The two sides of a comparison and what people call them.
struct DiffSides {
    let old: Side
    let new: Side
    /// The settings whose values are never shown, should a file hold one.
    let secrets: Set<String>

    struct Side {
        let name: String
        let files: RenderedFiles

        init(_ name: String, _ files: RenderedFiles) {
            self.name = name
            self.files = files
        }
    }
}

/// How a difference is told.
struct DiffForm: ParsableArguments {
    enum Form: String, CaseIterable, ExpressibleByArgument { case human, text, json, markdown }

    @Option(help: "How to tell it: \(Form.allCases.map(\.rawValue).joined(separator: ", ")).")
    var output: Form?

    @Flag(help: "Lines instead of properties: the same as --output text.")
    var text = false

    @Flag(help: "One JSON document: the same as --output json.")
    var json = false

    func validate() throws {
        guard [output != nil, text, json].count(where: { $0 }) < 2 else {
            throw ValidationError("--output, --text and --json say the same thing differently. Choose one.")
        }
    }

    private var chosen: Form { output ?? (text ? .text : json ? .json : .human) }

    /// The report, whether there is anything to report, and the same for the summary of a workflow's step.
    func report(
        _ sides: DiffSides,
        _ palette: Palette,
        isInteractive: Bool
    ) -> (text: String, hasChanges: Bool, summary: (_ byteLimit: Int) -> String) {
        let names = (old: sides.old.name, new: sides.new.name)
        func summary(_ byteLimit: Int) -> String {
            let difference = Difference(from: sides.old.files, to: sides.new.files, hiding: sides.secrets)
            return DifferenceMarkdown.text(difference, names, byteLimit: byteLimit)
        }
        if chosen == .text {
            let difference = TextDifference(from: sides.old.files, to: sides.new.files, hiding: sides.secrets)
            let lines = TextDifferenceView(palette: palette).lines(difference)
            return (lines.joined(separator: "\n"), !difference.isEmpty, summary)
        }
        let difference = Difference(from: sides.old.files, to: sides.new.files, hiding: sides.secrets)
        let text =
            switch chosen {
            case .human, .text:
                DifferenceView(palette: palette, valueLimit: isInteractive ? 60 : nil)
                    .lines(difference, names).joined(separator: "\n")
            case .json: DifferenceJSON.document(difference, names).text
            case .markdown: DifferenceMarkdown.text(difference, names)
            }
        return (text, !difference.isEmpty, summary)
    }
}

extension Graph {
    /// The names under which secrets reach programs.
    fileprivate var secretSettings: Set<String> {
        let variables = nodes.flatMap { $0.service?.environment ?? [] }.filter(\.value.isSecret)
        return Set(secrets.map(\.name) + variables.map(\.name))
    }
}

extension RenderedFile {
    fileprivate func renaming(_ old: String, to new: String) -> RenderedFile {
        // Slices of systemd have points where others have hyphens.
        let pointed = (old.replacing("-", with: "."), new.replacing("-", with: "."))
        let spellings = old == pointed.0 ? [(old, new)] : [(old, new), pointed]
        return spellings.reduce(self) { file, names in
            RenderedFile(
                file.path.replacing(names.0, with: names.1),
                file.contents.replacing(names.0, with: names.1),
                isExecutable: file.isExecutable
            )
        }
    }
}

import ArgumentParser
import Deployment
import JSONText
import Planning
import StackGraph
import StackModel
import Supervisor

/// Shows what a deployment would change.
struct Preview<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "preview",
            abstract: "Show what `up` would change in Azure, property by property.",
            discussion: """
                What is there is read, and nothing is written. Only what the stack says is compared, so that facts and \
                defaults that Azure adds are not shown. Of code, nothing is built or compared unless --code says so.

                Exit codes: 0 done; with --detailed-exitcode 2 where there is something to change; 1 failed; 78 \
                configuration or credentials are missing.
                """,
            aliases: ["plan"]
        )
    }

    enum Form: String, CaseIterable, ExpressibleByArgument { case human, json, markdown }

    @OptionGroup var stage: StageOptions<Definition>
    @OptionGroup var azure: AzureOptions
    @OptionGroup var code: CodeOptions
    @OptionGroup var colors: ColorOptions

    @Option(help: "How to tell it; by default human.")
    var output: Form?

    @Flag(help: "One JSON document: the same as --output json.")
    var json = false

    @Flag(name: .customLong("detailed-exitcode"), help: "End with 2 where there is something to change.")
    var detailedExitCode = false

    @Option(help: "Write the plan to this file, too, from which `up` carries it out.")
    var save: String?

    @Option(help: "Plan only this resource of the stack and what it needs; may be said again.")
    var only: [String] = []

    func validate() throws {
        guard output == nil || !json else {
            throw ValidationError("--output and --json say the same thing differently. Choose one.")
        }
    }

    func run() async throws {
        try await reportingFailures {
            let environment = try await UserEnvironment()
            let stack = AzureStack(try stage.stack().lowered(), stage: stage.stage, environment: environment)
            let goal = StackDeployment.Goal.program(only: try stack.checked(only))
            let survey = try await azure.withChange(of: stack.graph.name, in: environment) { session, _ in
                let stack = try await stack.running(codeFrom: code.code ?? .keep)
                let survey = try await stack.deployment(in: session).survey(for: goal)
                let subject = PlanSubject(stack: stack.graph.name, stage: stack.stage, scope: session.scope)
                if let save { try Self.write(SavedPlan(survey, of: subject, stack: stack), to: save) }
                show(survey, of: subject, colors.palette(environment))
                StepSummary(environment.variables).append {
                    PlanMarkdown.text(survey.plan, of: subject, byteLimit: $0)
                }
                return survey
            }
            if !survey.plan.refusals.isEmpty { Terminal.error.write(Failure(survey.plan.refusals).description) }
            if detailedExitCode, !survey.plan.isEmpty { throw ExitCode(2) }
        }
    }

    private func show(_ survey: Survey, of subject: PlanSubject, _ palette: Palette) {
        switch output ?? (json ? .json : .human) {
        case .human:
            for line in PlanView(palette: palette, valueLimit: 80).lines(survey.plan) { Terminal.output.write(line) }
        case .json: Terminal.output.write(PlanJSON.document(survey.plan, of: subject).text)
        case .markdown: Terminal.output.write(PlanMarkdown.text(survey.plan, of: subject))
        }
    }

    /// Writes a plan for its owner's eyes: it tells what a stack is made of.
    private static func write(_ plan: SavedPlan, to path: String) throws {
        do {
            try writeAtomically(Array(plan.text.utf8), to: path)
        } catch {
            throw Failure("'\(path)' cannot be written: \(error). Choose another file.")
        }
    }
}

extension AzureStack {
    /// The names of resources that somebody chose; `nil` for all of them.
    ///
    /// - Throws: ``Failure`` where the stack has no such resource.
    func checked(_ names: [String]) throws -> Set<String>? {
        guard !names.isEmpty else { return nil }
        let known = graph.nodes.map(\.id.name)
        let unknown = names.filter { !known.contains($0) }
        guard unknown.isEmpty else {
            throw Failure(
                "The stack has no \(unknown.joined(separator: ", ")). It has: \(known.sorted().joined(separator: ", ")).",
                code: 64
            )
        }
        return Set(names)
    }
}

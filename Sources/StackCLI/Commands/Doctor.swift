import ArgumentParser
import StackGraph
import StackModel
import Supervisor

/// Says what is missing before something fails.
struct Doctor<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "doctor",
            abstract: "Check whether the stack can run here, or be deployed: the model, secrets, and what there is."
        )
    }

    @Option(help: "Where it shall run: \(CommandTarget.allValueStrings.joined(separator: " or ")).")
    var target = CommandTarget.local

    @OptionGroup var stage: StageOptions<Definition>
    @OptionGroup var azure: AzureOptions
    @OptionGroup var colors: ColorOptions

    func run() async throws {
        try await reportingFailures {
            let environment = try await UserEnvironment()
            let palette = colors.palette(environment)
            let graph = try stage.stack().lowered()
            var findings = [Finding(.good, "The stack '\(graph.name)' is sound: \(graph.nodes.count) resources.")]
            switch target {
            case .local:
                findings += secrets(of: graph, in: environment)
                findings += try await machine(for: graph, environment)
            case .azure: findings += try await cloud(for: graph, environment)
            }
            for finding in findings { Terminal.output.write(finding.line(palette)) }
            if findings.contains(where: { $0.kind == .bad }) { throw ExitCode.failure }
        }
    }

    private func secrets(of graph: Graph, in environment: UserEnvironment) -> [Finding] {
        graph.secrets.map { secret in
            if environment.value(for: secret.name) != nil { return Finding(.good, "\(secret.name) is set.") }
            return switch secret.origin {
            case .generated: Finding(.good, "\(secret.name) is not set; a local value is made up.")
            case .provided: Finding(.warning, "\(secret.name) is not set. Set it in the environment or in .env.")
            }
        }
    }

    private func machine(for graph: Graph, _ environment: UserEnvironment) async throws -> [Finding] {
        let directory = StateDirectory()
        let stack = try LocalStack(graph, in: directory, environment: environment)
        let notes = stack.plan.notes.map { Finding(.warning, "\($0.subject): \($0.text).") }
        let programs =
            stack.missingExecutables.isEmpty
            ? [Finding(.good, "All programs are built.")]
            : stack.missingExecutables.map { Finding(.bad, "The program \($0) is not built. Run `swift build`.") }
        if let record = RunRecord.current(in: directory) {
            return notes + programs + [Finding(.good, "\(record.stack) runs here (PID \(record.supervisor)).")]
        }
        let conflicts = PortHolder.conflicts(with: stack.plan)
        let ports =
            conflicts.isEmpty
            ? [
                Finding(
                    .good,
                    "The ports \(stack.plan.processes.map { String($0.port) }.joined(separator: ", ")) are free."
                )
            ]
            : [Finding(.bad, Failure(conflicts).lines.joined(separator: " "))]
        return notes + programs + ports
    }
}

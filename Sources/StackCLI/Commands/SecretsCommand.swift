import ArgumentParser
import Deployment
import StackGraph
import StackModel

/// Says and sets what secrets the stack needs.
struct SecretsCommand<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "secrets",
            abstract: "Show which secrets the stack needs, and set them; no value is ever shown.",
            subcommands: [
                SecretsList<Definition>.self, SecretsSet<Definition>.self, SecretsDoctor<Definition>.self,
            ]
        )
    }
}

/// Which stack, and where.
struct SecretOptions<Definition: StackDefinition>: ParsableArguments {
    @Option(help: "Where the stack runs: \(CommandTarget.allValueStrings.joined(separator: " or ")).")
    var target = CommandTarget.local

    @OptionGroup var stage: StageOptions<Definition>
    @OptionGroup var azure: AzureOptions

    func needs() throws -> [SecretNeed] { try stage.stack().lowered().secretNeeds }

    /// Where each secret of the stack has its value.
    func findings(in environment: UserEnvironment) async throws -> [SecretFinding] {
        let graph = try stage.stack().lowered()
        let needs = graph.secretNeeds
        let vault = try await vaultNames(graph, needs, environment)
        return needs.map { SecretFinding($0, in: environment, vault: vault, for: target) }
    }

    private func vaultNames(
        _ graph: Graph,
        _ needs: [SecretNeed],
        _ environment: UserEnvironment
    ) async throws -> Set<String> {
        switch target {
        case .local: return []
        case .azure:
            do {
                return try await azure.withSession(for: graph.name, in: environment) { session in
                    try await StackVault(of: graph, in: session).names(among: needs)
                }
            } catch AzurePlaceError.missingLocation {
                // Where there is no group there is no vault.
                return []
            }
        }
    }
}

/// Lists the secrets.
struct SecretsList<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "list",
            abstract: "Show which secrets the stack needs, who uses them, and where they are set."
        )
    }

    @OptionGroup var options: SecretOptions<Definition>
    @OptionGroup var colors: ColorOptions

    func run() async throws {
        try await reportingFailures {
            let environment = try await UserEnvironment()
            let findings = try await options.findings(in: environment)
            guard !findings.isEmpty else { return Terminal.output.write("The stack needs no secret.") }
            let table = TextTable(palette: colors.palette(environment))
            for line in table.lines(["SECRET", "USED BY", "SET IN"], findings.map(Self.row)) {
                Terminal.output.write(line)
            }
        }
    }

    private static func row(_ finding: SecretFinding) -> [TextTable.Cell] {
        let places = finding.places.map(\.rawValue).joined(separator: ", ")
        let place: TextTable.Cell =
            if finding.isMissing { .init("missing", .red) } else if places.isEmpty { .init("not set", .yellow) } else {
                .init(places)
            }
        return [.init(finding.need.secret.name), .init(finding.need.users.joined(separator: ", ")), place]
    }
}

/// Sets a secret.
struct SecretsSet<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "set",
            abstract: "Set a secret to what comes on standard input: in .env, or in the vault of the deployed stack."
        )
    }

    @Argument(help: "The name of the secret, such as OPENAI_API_KEY.")
    var name: String

    @OptionGroup var options: SecretOptions<Definition>

    func run() async throws {
        try await reportingFailures {
            let graph = try options.stage.stack().lowered()
            let needs = graph.secretNeeds
            guard let need = needs.first(where: { $0.secret.name == name }) else {
                let known = needs.map(\.secret.name).joined(separator: ", ")
                throw Failure("The stack needs no secret '\(name)'. It needs: \(known).", code: 64)
            }
            let value = try SecretInput.read(name)
            switch options.target {
            case .local:
                try EnvironmentFile.keep(value, as: name)
                Terminal.output.write("\(name) is set in .env. Keep that file out of git.")
            case .azure:
                let environment = try await UserEnvironment()
                let vault = try await options.azure.withSession(for: graph.name, in: environment) { session in
                    try await StackVault(of: graph, in: session).set(need, to: value)
                }
                Terminal.output.write("\(name) is set in the vault '\(vault)'.")
            }
        }
    }
}

/// Says what is missing.
struct SecretsDoctor<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "doctor",
            abstract: "Say which secrets are missing, all at once, and how to set each."
        )
    }

    @OptionGroup var options: SecretOptions<Definition>
    @OptionGroup var colors: ColorOptions

    func run() async throws {
        try await reportingFailures {
            let environment = try await UserEnvironment()
            let palette = colors.palette(environment)
            let findings = try await options.findings(in: environment)
            for finding in findings { Terminal.output.write(line(finding, palette)) }
            guard findings.contains(where: \.isMissing) else { return }
            throw ExitCode(Failure.configuration)
        }
    }

    private func line(_ finding: SecretFinding, _ palette: Palette) -> String {
        let name = finding.need.secret.name
        let users = finding.need.users.joined(separator: ", ")
        let remedy = finding.remedy(stage: options.stage.stage)
        guard finding.places.isEmpty else {
            let places = finding.places.map(\.rawValue).joined(separator: ", ")
            return Finding(.good, "\(name) is set: \(places).").line(palette)
        }
        guard finding.isMissing else {
            let without = finding.need.consequences.map { " Without it: \($0)." }.joined()
            return Finding(.warning, "\(name) is not set (\(users)).\(without) \(remedy)").line(palette)
        }
        return Finding(.bad, "\(name) is missing (\(users)). \(remedy)").line(palette)
    }
}

import ArgumentParser
import ServiceKit
import Settings
import StackModel
import Supervisor

/// Makes a bearer token.
struct Token<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "token",
            abstract: "Print a bearer token for local use.",
            discussion:
                "It is signed with \(SigningKey.variable) from the environment or .env, else with the local key."
        )
    }

    @OptionGroup var stage: StageOptions<Definition>

    @Option(help: "The user that the token names.")
    var user: String

    @Option(help: "How long it is valid, in seconds.")
    var lifetime = 3600

    func validate() throws {
        if user.isEmpty { throw ValidationError("--user must not be empty.") }
        if !(1...31_536_000).contains(lifetime) { throw ValidationError("--lifetime must be from 1 s to a year.") }
    }

    func run() async throws {
        try await reportingFailures {
            let directory = StateDirectory()
            let given = try await UserEnvironment().value(for: SigningKey.variable).map { SecretValue($0) }
            let key = try given ?? localKey(in: directory)
            Terminal.output.write(
                try await BearerIssuer(signingKey: key).token(for: user, lifetime: .seconds(lifetime))
            )
        }
    }

    private func localKey(in directory: StateDirectory) throws -> SecretValue {
        guard try stage.stack().lowered().generatedSecretNames.contains(SigningKey.variable) else {
            throw Failure(
                "\(SigningKey.variable) has no value. Set it in the environment or in .env.",
                code: Failure.configuration
            )
        }
        try directory.create()
        var secrets = try LocalSecrets(in: directory)
        return try secrets.value(for: SigningKey.variable)
    }
}

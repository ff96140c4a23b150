import JSONText
import Settings

#if canImport(FoundationEssentials)
import struct FoundationEssentials.Date
#else
import struct Foundation.Date
#endif

/// The person who has signed in with the Azure CLI.
///
/// Source: azure-identity `_credentials/azure_cli.py`
public struct AzureCLICredential: TokenCredential {
    static let source = "the Azure CLI"
    /// It is slow to start.
    private static let limit = Duration.seconds(30)
    /// How long a token is good for, at least, that does not say it in UTC: the CLI renews those that have less left.
    private static let assuredLife = 300.0

    private let tenant: String?
    private let commands: any CommandRunner
    private let time: TimeSource

    public init(tenant: String?, commands: any CommandRunner, connection: AzureConnection) {
        self.tenant = tenant
        self.commands = commands
        self.time = connection.time
    }

    public func token(for scope: TokenScope) async throws -> AccessToken {
        guard let result = try await run(arguments(for: scope)) else { throw unavailable("`az` is not installed") }
        guard result.isSuccess else { throw unavailable(complaint(of: result)) }
        guard let document = try? JSON(parsing: result.output), let text = document["accessToken"]?.string,
            let token = TokenAnswer.token(text, expiresAt: expiry(in: document))
        else { throw unavailable("`az` wrote something that is no token") }
        return token
    }

    func arguments(for scope: TokenScope) -> [String] {
        ["account", "get-access-token", "--output", "json", "--resource", scope.resource]
            + (tenant.map { ["--tenant", $0] } ?? [])
    }

    private func run(_ arguments: [String]) async throws -> CommandResult? {
        do {
            return try await time.limited(to: Self.limit) { [commands] in try await commands.run("az", arguments) }
        } catch is TimeLimitExceeded {
            throw unavailable("`az` has not answered for \(Self.limit.words)")
        }
    }

    /// Older versions tell local time alone, which nobody can read who does not know their zone.
    private func expiry(in document: JSON) -> Date {
        TokenAnswer.number(document["expires_on"]).map { Date(timeIntervalSince1970: $0) }
            ?? time.now().addingTimeInterval(Self.assuredLife)
    }

    /// What it complains of first, which is short and names the remedy.
    private func complaint(of result: CommandResult) -> String {
        let line = result.complaint.split(whereSeparator: \.isNewline).first ?? "`az` failed and said nothing"
        // So begins every token of Azure.
        return line.contains("eyJ") ? "`az` failed" : String(line.prefix(300))
    }

    private func unavailable(_ reason: String) -> CredentialError {
        .unavailable(source: Self.source, because: reason)
    }
}

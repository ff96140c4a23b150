import Settings
import Synchronization

/// Signs in by what the environment offers, as tools for Azure do, and says what it tried.
///
/// The first of these that is there is used:
///
/// 1. the client secret: `AZURE_TENANT_ID`, `AZURE_CLIENT_ID`, `AZURE_CLIENT_SECRET`;
/// 2. GitHub's token: `ACTIONS_ID_TOKEN_REQUEST_URL`, `ACTIONS_ID_TOKEN_REQUEST_TOKEN` and the first two of above;
/// 3. the federated token file: `AZURE_FEDERATED_TOKEN_FILE` and the same two;
/// 4. the identity of the app: `IDENTITY_ENDPOINT`, `IDENTITY_HEADER`; `AZURE_CLIENT_ID` chooses among several;
/// 5. the Azure CLI, where somebody has signed in; `AZURE_TENANT_ID` chooses the tenant;
/// 6. the identity of the virtual machine, asked for a second at most;
/// 7. the device code, where a person is there to be shown one.
///
/// What the environment says on purpose comes before a person's habits, and these before what a machine happens to
/// have. A source that is not there gives way to the next; one that is refused does not, because nobody wants to
/// deploy as somebody else by surprise. The source that gave the first token gives all.
///
/// `AZURE_AUTHORITY_HOST` replaces the authority of the cloud.
public final class CredentialChain: TokenCredential {
    /// One place to get tokens from, or why not.
    struct Source: Sendable {
        let name: String
        let state: State

        enum State: Sendable {
            case ready(any TokenCredential)
            case skipped(String)
        }
    }

    let sources: [Source]
    private let chosen = Mutex<Int?>(nil)

    init(_ sources: [Source]) {
        self.sources = sources
    }

    /// Looks at an environment; nothing is asked yet.
    ///
    /// - Parameters:
    ///   - environment: Names and values.
    ///   - cloud: Whose tokens are wanted.
    ///   - commands: Runs `az`.
    ///   - prompt: Shows a device code; `nil` where no person looks.
    ///   - connection: How requests travel.
    public convenience init(
        environment: [String: String],
        cloud: AzureCloud,
        commands: any CommandRunner = ProcessCommandRunner(),
        prompt: (any DeviceCodePrompt)? = nil,
        connection: AzureConnection
    ) {
        let offer = EnvironmentOffer(environment, cloud: cloud, connection: connection)
        self.init([
            offer.clientSecret, offer.gitHub, offer.tokenFile, offer.appService,
            offer.commandLine(commands), offer.virtualMachine, offer.deviceCode(prompt),
        ])
    }

    /// Looks for the identity that Azure gives to an app or a machine, and for nothing else.
    ///
    /// - Parameters:
    ///   - clientID: Which identity, where there are several.
    ///   - environment: Names and values.
    ///   - cloud: Whose tokens are wanted.
    ///   - connection: How requests travel.
    public convenience init(
        managedIdentity clientID: String?,
        environment: [String: String],
        cloud: AzureCloud,
        connection: AzureConnection
    ) {
        var environment = environment
        environment["AZURE_CLIENT_ID"] = clientID
        let offer = EnvironmentOffer(environment, cloud: cloud, connection: connection)
        self.init([offer.appService, offer.virtualMachine])
    }

    /// The source that gave a token, as a person would name it.
    public var source: String? {
        chosen.withLock { $0 }.map { sources[$0].name }
    }

    public func token(for scope: TokenScope) async throws -> AccessToken {
        if let index = chosen.withLock({ $0 }), case .ready(let credential) = sources[index].state {
            return try await credential.token(for: scope)
        }
        var attempts: [CredentialError.Attempt] = []
        for (index, source) in sources.enumerated() {
            switch source.state {
            case .skipped(let reason): attempts.append(.init(source: source.name, outcome: .skipped(reason)))
            case .ready(let credential):
                do {
                    let token = try await credential.token(for: scope)
                    chosen.withLock { $0 = index }
                    return token
                } catch CredentialError.unavailable(_, let reason) {
                    attempts.append(.init(source: source.name, outcome: .failed(reason)))
                }
            }
        }
        throw CredentialError.exhausted(attempts)
    }
}

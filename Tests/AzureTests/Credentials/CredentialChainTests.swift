import Foundation
import JSONText
import Settings
import TestInstruments
import Testing

@testable import Azure

@Suite(.timeLimit(.minutes(1))) struct CredentialChainTests {
    private static let scope = AzureCloud.public.resourceManagerScope

    private func chain(
        _ environment: [String: String],
        _ azure: Harness,
        az: CommandResult? = nil,
        prompt: RecordedPrompt? = nil
    ) throws -> CredentialChain {
        CredentialChain(
            environment: environment,
            cloud: try azure.cloud,
            commands: ScriptedCommands(az),
            prompt: prompt,
            connection: azure.connection
        )
    }

    @Test func `one error names all that was tried, why, and the remedy`() async throws {
        try await Harness.run(replies: [.hangUp]) { azure in
            let az = CommandResult(
                isSuccess: false,
                output: "\(Harness.canary)",
                complaint: "ERROR: Please run 'az login' to setup account.\nTo find out more: …\n"
            )
            let environment = [
                "AZURE_TENANT_ID": "t", "AZURE_CLIENT_SECRET": "\(Harness.canary)", "IDENTITY_HEADER": "",
            ]
            let chain = try chain(environment, azure, az: az)
            let error = try await azure.failure(CredentialError.self) { _ = try await chain.token(for: Self.scope) }
            #expect(
                "\(error)" == """
                    there is no way to sign in to Azure
                      - the client secret: not tried, AZURE_CLIENT_ID is not set
                      - GitHub's token: not tried, ACTIONS_ID_TOKEN_REQUEST_URL, ACTIONS_ID_TOKEN_REQUEST_TOKEN, \
                    AZURE_CLIENT_ID are not set
                      - the federated token file: not tried, AZURE_FEDERATED_TOKEN_FILE, AZURE_CLIENT_ID are not set
                      - the identity of the app: not tried, IDENTITY_ENDPOINT, IDENTITY_HEADER are not set
                      - the Azure CLI: ERROR: Please run 'az login' to setup account.
                      - the identity of the virtual machine: this is no virtual machine of Azure
                      - the device code: not tried, nobody is there to type it
                    Sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; in GitHub \
                    Actions, give the job `permissions: id-token: write` and the first two.
                    """
            )
            #expect(chain.source == nil)
        }
    }

    @Test func `the order is the documented one`() async throws {
        try await Harness.run(replies: [.hangUp]) { azure in
            let all = [
                "AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c", "AZURE_CLIENT_SECRET": "s",
                "ACTIONS_ID_TOKEN_REQUEST_URL": "https://x", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "x",
                "AZURE_FEDERATED_TOKEN_FILE": "f", "IDENTITY_ENDPOINT": "http://x", "IDENTITY_HEADER": "h",
            ]
            let ready = try chain(all, azure, prompt: RecordedPrompt()).sources.filter {
                if case .ready = $0.state { true } else { false }
            }
            #expect(
                ready.map(\.name) == [
                    "the client secret", "GitHub's token", "the federated token file", "the identity of the app",
                    "the Azure CLI", "the identity of the virtual machine", "the device code",
                ]
            )
        }
    }

    @Test func `a source that is refused does not give way to another identity`() async throws {
        try await Harness.run(replies: [.json(401, #"{"error": "invalid_client"}"#)]) { azure in
            let environment = [
                "AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c", "AZURE_CLIENT_SECRET": "\(Harness.canary)",
            ]
            let commands = ScriptedCommands(CommandResult(isSuccess: true, output: #"{"accessToken": "x"}"#))
            let chain = CredentialChain(
                environment: environment,
                cloud: try azure.cloud,
                commands: commands,
                connection: azure.connection
            )
            let error = try await azure.failure(CredentialError.self) { _ = try await chain.token(for: Self.scope) }
            #expect("\(error)" == "the client secret of c was refused: invalid_client")
            #expect(commands.lines.isEmpty)
        }
    }

    @Test(arguments: [401, 403, 404])
    func `a machine of another cloud gives way at once`(code: Int) async throws {
        try await Harness.run(replies: [.answer(code)]) { azure in
            let error = try await azure.failure(CredentialError.self) {
                _ = try await chain([:], azure).token(for: Self.scope)
            }
            #expect("\(error)".contains("the identity of the virtual machine: this is no virtual machine of Azure\n"))
            #expect(azure.server.requests.count == 1)
        }
    }

    @Test func `a machine without an identity gives way`() async throws {
        try await Harness.run(replies: [
            .json(400, #"{"error": "invalid_request", "error_description": "Identity not found"}"#)
        ]) {
            azure in
            let error = try await azure.failure(CredentialError.self) {
                _ = try await chain([:], azure).token(for: Self.scope)
            }
            #expect("\(error)".contains("the identity of the virtual machine: invalid_request: Identity not found\n"))
            #expect("\(error)".contains("the Azure CLI: `az` is not installed\n"))
        }
    }

    @Test(arguments: ["", "no JSON", #"{"accessToken": ""}"#, #"{"token": "x"}"#])
    func `nonsense of the Azure CLI gives way`(output: String) async throws {
        try await Harness.run(replies: [.hangUp]) { azure in
            let az = CommandResult(isSuccess: true, output: output)
            let error = try await azure.failure(CredentialError.self) {
                _ = try await chain([:], azure, az: az).token(for: Self.scope)
            }
            #expect("\(error)".contains("the Azure CLI: `az` wrote something that is no token\n"))
        }
    }

    @Test func `the source that gave the first token gives all`() async throws {
        try await Harness.run(replies: [.hangUp]) { azure in
            let failing = Switch(answers: [.failure(CredentialError.unavailable(source: "a", because: "away"))])
            let token = AccessToken(value: SecretValue("x"), expiresAt: .distantFuture)
            let giving = Switch(answers: [
                .success(token), .failure(CredentialError.unavailable(source: "b", because: "gone")),
            ])
            let chain = CredentialChain([
                .init(name: "a", state: .ready(failing)), .init(name: "b", state: .ready(giving)),
            ])
            _ = try await chain.token(for: Self.scope)
            let error = try await azure.failure(CredentialError.self) { _ = try await chain.token(for: Self.scope) }
            #expect(error == .unavailable(source: "b", because: "gone"))
            #expect(failing.timesAsked == 1)
        }
    }

    @Test(
        arguments: [
            ("login.example", "https://login.example"), ("https://login.example/", "https://login.example/"),
        ]
    )
    func `the environment may name another authority`(host: String, expected: String) async throws {
        try await Harness.run(replies: [.hangUp]) { azure in
            let environment = [
                "AZURE_AUTHORITY_HOST": host.replacing("https://login.example", with: try azure.address.text),
                "AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c", "AZURE_CLIENT_SECRET": "\(Harness.canary)",
            ]
            let cloud = AzureCloud.public
            let chain = CredentialChain(environment: environment, cloud: cloud, connection: azure.connection)
            let error = try await azure.failure { _ = try await chain.token(for: Self.scope) }
            #expect(error.request == "POST /t/oauth2/v2.0/token")
            #expect(azure.server.requests.isEmpty == (host == "login.example"))
        }
    }
}

/// Gives answers one after the other, and the last one for ever.
private final class Switch: TokenCredential {
    private let answers: [Result<AccessToken, any Error>]
    private let count = Shared(0)

    init(answers: [Result<AccessToken, any Error>]) {
        self.answers = answers
    }

    var timesAsked: Int { count.withLock { $0 } }

    func token(for scope: TokenScope) async throws -> AccessToken {
        let index = count.withLock { count in
            count += 1
            return count - 1
        }
        return try answers[min(index, answers.count - 1)].get()
    }
}

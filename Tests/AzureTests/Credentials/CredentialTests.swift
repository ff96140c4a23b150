import Foundation
import JSONText
import NIOHTTP1
import Settings
import TestInstruments
import Testing

@testable import Azure

@Suite(.timeLimit(.minutes(1))) struct CredentialTests {
    private static let scope = AzureCloud.public.resourceManagerScope
    private static let token = "\(Harness.canary)-access"
    private static let granted = Reply.json(
        #"{"token_type": "Bearer", "expires_in": 3599, "access_token": "\#(token)"}"#
    )
    private static let secret = "\(Harness.canary)-secret&more="

    private func fields(_ request: ReceivedRequest) -> [String: String] {
        let pairs = request.body.split(separator: "&").map { $0.split(separator: "=", maxSplits: 1) }
        return Dictionary(
            uniqueKeysWithValues: pairs.map { (String($0[0]), $0[1].removingPercentEncoding ?? "") }
        )
    }

    private func clientSecret(_ azure: Harness) throws -> ClientSecretCredential {
        ClientSecretCredential(
            cloud: try azure.cloud,
            tenant: "t/1",
            clientID: "app",
            secret: SecretValue(Self.secret),
            connection: azure.connection
        )
    }

    // MARK: Client secret

    @Test func `a client secret is exchanged for a token`() async throws {
        try await Harness.run(replies: [.answer(503), Self.granted]) { azure in
            let token = try await clientSecret(azure).token(for: Self.scope)
            #expect(token.value == SecretValue(Self.token))
            #expect(abs(token.expiresAt.timeIntervalSince(azure.clock.date) - 3599) < 0.01)
            let request = azure.server.requests[1]
            #expect(request.line == "POST /t%2F1/oauth2/v2.0/token")
            #expect(request.headers["Content-Type"] == ["application/x-www-form-urlencoded"])
            let expected = [
                "grant_type": "client_credentials", "client_id": "app", "client_secret": Self.secret,
                "scope": "https://management.azure.com/.default",
            ]
            #expect(fields(request) == expected)
        }
    }

    @Test func `a wrong secret is an error with Azure's words and without the secret`() async throws {
        let body =
            #"{"error": "invalid_client", "error_description": "AADSTS7000215: Invalid \#(Self.secret)\r\nfor client_credentials of app.", "error_codes": [7000215]}"#
        try await Harness.run(replies: [.json(401, body)]) { azure in
            let error = try await azure.failure(CredentialError.self) {
                _ = try await clientSecret(azure).token(for: Self.scope)
            }
            #expect(
                "\(error)"
                    == "the client secret of app was refused: invalid_client: AADSTS7000215: Invalid <secret> for client_credentials of app."
            )
            #expect(azure.server.requests.count == 1)
        }
    }

    @Test(
        arguments: [
            "{}", #"{"access_token": "", "expires_in": 1}"#, #"{"access_token": "a b", "expires_in": 1}"#,
            #"{"access_token": "a\r\nX: y", "expires_in": 1}"#, #"{"access_token": "a"}"#, "<html>", "[]",
        ]
    )
    func `an answer without a token is an error`(body: String) async throws {
        try await Harness.run(replies: [.json(body)]) { azure in
            _ = try await azure.failure { _ = try await clientSecret(azure).token(for: Self.scope) }
        }
    }

    @Test func `a secret is not sent over the open net`() async throws {
        try await Harness.run(replies: [Self.granted]) { azure in
            var cloud = AzureCloud.public
            cloud.authority = try #require(WebAddress("http://login.example"))
            let credential = ClientSecretCredential(
                cloud: cloud,
                tenant: "t",
                clientID: "app",
                secret: SecretValue(Self.secret),
                connection: azure.connection
            )
            let error = try await azure.failure { _ = try await credential.token(for: Self.scope) }
            #expect(error.reason == .untrusted("http://login.example"))
        }
    }

    // MARK: Federation

    @Test func `GitHub's token is exchanged`() async throws {
        let handler: @Sendable (ReceivedRequest) async -> Reply = { request in
            request.method == "GET" ? .json(#"{"count": 1, "value": "\#(Harness.canary)-jwt"}"#) : Self.granted
        }
        try await Harness.run(handler) { azure in
            let environment = [
                "ACTIONS_ID_TOKEN_REQUEST_URL": "\(try azure.address.text)/idtoken?api-version=2.0",
                "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "\(Harness.canary)-job", "AZURE_TENANT_ID": "t",
                "AZURE_CLIENT_ID": "app",
            ]
            let chain = try chain(environment, azure)
            #expect(try await chain.token(for: Self.scope).value == SecretValue(Self.token))
            #expect(chain.source == "GitHub's token")
            let (asked, exchanged) = (azure.server.requests[0], azure.server.requests[1])
            #expect(asked.target == "/idtoken?api-version=2.0&audience=api%3A%2F%2FAzureADTokenExchange")
            #expect(asked.headers["Authorization"] == ["bearer \(Harness.canary)-job"])
            let expected = [
                "grant_type": "client_credentials", "client_id": "app", "client_assertion": "\(Harness.canary)-jwt",
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "scope": "https://management.azure.com/.default",
            ]
            #expect(fields(exchanged) == expected)
        }
    }

    @Test func `a token file is read anew for each exchange`() async throws {
        let path = FileManager.default.temporaryDirectory.path + "/slipway-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await Harness.run(replies: [Self.granted]) { azure in
            let environment = ["AZURE_FEDERATED_TOKEN_FILE": path, "AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "app"]
            let chain = try chain(environment, azure)
            for word in ["first", "second"] {
                try Data("\(Harness.canary)-\(word)\n".utf8).write(to: URL(filePath: path))
                _ = try await chain.token(for: Self.scope)
            }
            let assertions = azure.server.requests.map { fields($0)["client_assertion"] }
            #expect(assertions == ["\(Harness.canary)-first", "\(Harness.canary)-second"])

            try FileManager.default.removeItem(atPath: path)
            let error = try await azure.failure(CredentialError.self) { _ = try await chain.token(for: Self.scope) }
            #expect("\(error)" == "no token from the federated token file: \(path) cannot be read")
        }
    }

    // MARK: Managed identity

    @Test func `an app asks its host`() async throws {
        let end = Int(InstantClock().date.timeIntervalSince1970) + 86_400
        let body = #"{"access_token": "\#(Self.token)", "expires_on": "\#(end)", "token_type": "Bearer"}"#
        try await Harness.run(replies: [.json(body)]) { azure in
            let environment = [
                "IDENTITY_ENDPOINT": "\(try azure.address.text)/msi/token",
                "IDENTITY_HEADER": "\(Harness.canary)-header",
                "AZURE_CLIENT_ID": "mine",
            ]
            let token = try await chain(environment, azure).token(for: Self.scope)
            #expect(token.expiresAt == Date(timeIntervalSince1970: Double(end)))
            let request = azure.server.requests[0]
            #expect(
                request.target
                    == "/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fmanagement.azure.com&client_id=mine"
            )
            #expect(request.headers["X-IDENTITY-HEADER"] == ["\(Harness.canary)-header"])
        }
    }

    @Test func `a virtual machine is found by its refusal, and has patience`() async throws {
        let handler: @Sendable (ReceivedRequest) async -> Reply = { request in
            switch request.index {
            case 0: .answer(request.headers.contains(name: "Metadata") ? 500 : 400)
            case 1: .answer(410)
            case 2: .answer(404)
            default: .json(#"{"access_token": "\#(Self.token)", "expires_in": "3600"}"#)
            }
        }
        try await Harness.run(handler) { azure in
            let chain = try chain([:], azure)
            #expect(try await chain.token(for: Self.scope).value == SecretValue(Self.token))
            #expect(chain.source == "the identity of the virtual machine")
            let request = azure.server.requests[3]
            #expect(
                request.target == "/metadata/identity/oauth2/token?api-version=2018-02-01"
                    + "&resource=https%3A%2F%2Fmanagement.azure.com"
            )
            #expect(request.headers["Metadata"] == ["true"])
        }
    }

    // MARK: The Azure CLI

    @Test func `the token of the Azure CLI is used`() async throws {
        let now = InstantClock().date
        let outputs: [(String, Date)] = [
            (
                #"{"accessToken": "\#(Self.token)", "expires_on": 1767229200, "expiresOn": "2026-01-01 09:00:00.000000"}"#,
                Date(timeIntervalSince1970: 1_767_229_200)
            ),
            (
                #"{"accessToken": "\#(Self.token)", "expiresOn": "2026-01-01 09:00:00.000000"}"#,
                now.addingTimeInterval(300)
            ),
        ]
        for (output, expiry) in outputs {
            try await Harness.run(replies: [.answer(500)]) { azure in
                let commands = ScriptedCommands(CommandResult(isSuccess: true, output: output))
                let chain = try chain(["AZURE_TENANT_ID": "t"], azure, commands)
                let token = try await chain.token(for: TokenScope(resource: "https://vault.azure.net"))
                #expect(token == AccessToken(value: SecretValue(Self.token), expiresAt: expiry))
                let line = "az account get-access-token --output json --resource https://vault.azure.net --tenant t"
                #expect(commands.lines == [line])
            }
        }
    }

    @Test func `programs are run as processes`() async throws {
        let commands = ProcessCommandRunner()
        let echo = try #require(try await commands.run("echo", ["a b", "$HOME"]))
        #expect(echo.isSuccess && echo.output == "a b $HOME\n")
        let failure = try #require(try await commands.run("sh", ["-c", "echo bad >&2; exit 3"]))
        #expect(!failure.isSuccess && failure.complaint == "bad\n")
        #expect(try await commands.run("slipway-has-no-such-program", []) == nil)
    }

    // MARK: Device code

    private static let invitation = Reply.json(
        #"""
        {"device_code": "\#(Harness.canary)-device", "user_code": "ABCD-EFGH", "expires_in": 900, "interval": 5,
         "verification_uri": "https://microsoft.com/devicelogin", "message": "To sign in, …"}
        """#
    )

    private static func waiting(_ word: String) -> Reply { .json(400, #"{"error": "\#(word)"}"#) }

    @Test func `a person signs in on another device, once`() async throws {
        let grant = Reply.json(
            #"{"expires_in": 3599, "access_token": "\#(Self.token)", "refresh_token": "\#(Harness.canary)-refresh"}"#
        )
        let replies = [Self.invitation, Self.waiting("authorization_pending"), Self.waiting("slow_down"), grant]
        try await Harness.run(replies: replies) { azure in
            let prompt = RecordedPrompt()
            let credential = DeviceCodeCredential(
                cloud: try azure.cloud,
                tenant: nil,
                prompt: prompt,
                connection: azure.connection
            )
            #expect(try await credential.token(for: Self.scope).value == SecretValue(Self.token))
            #expect(prompt.shown.map(\.code) == ["ABCD-EFGH"])
            #expect(azure.clock.sleeps == [.seconds(5), .seconds(5), .seconds(10)])
            #expect(azure.server.requests[0].line == "POST /organizations/oauth2/v2.0/devicecode")
            let polled = fields(azure.server.requests[3])
            #expect(polled["grant_type"] == "urn:ietf:params:oauth:grant-type:device_code")
            #expect(polled["device_code"] == "\(Harness.canary)-device")

            let other = TokenScope(resource: "https://vault.azure.net")
            _ = try await credential.token(for: other)
            let refreshed = fields(azure.server.requests[4])
            #expect(refreshed["refresh_token"] == "\(Harness.canary)-refresh")
            #expect(refreshed["scope"] == "https://vault.azure.net/.default offline_access")
            #expect(prompt.shown.count == 1)
        }
    }

    @Test(
        arguments: [
            (waiting("authorization_declined"), "the device code was refused: authorization_declined"),
            (waiting("authorization_pending"), "no token from the device code: nobody has typed it in time"),
        ]
    )
    func `a person who does not sign in is not waited for longer`(reply: Reply, words: String) async throws {
        try await Harness.run(replies: [Self.invitation, reply]) { azure in
            let credential = DeviceCodeCredential(
                cloud: try azure.cloud,
                tenant: nil,
                prompt: RecordedPrompt(),
                connection: azure.connection
            )
            let error = try await azure.failure(CredentialError.self) {
                _ = try await credential.token(for: Self.scope)
            }
            #expect("\(error)" == words)
            #expect(azure.clock.elapsed < .seconds(900))
        }
    }

    private func chain(
        _ environment: [String: String],
        _ azure: Harness,
        _ commands: ScriptedCommands = ScriptedCommands(nil)
    ) throws -> CredentialChain {
        CredentialChain(
            environment: environment,
            cloud: try azure.cloud,
            commands: commands,
            connection: azure.connection
        )
    }
}

import AzureSimulator
import Foundation
import HTTPTypes
import JSONText
import Settings
import Testing

/// Who may do what, and since when.
@Suite struct `Access` {
    private static let reader = SimulatedClient(
        clientID: "bbbbbbbb-0000-4000-8000-000000000001",
        objectID: "bbbbbbbb-0000-4000-8000-000000000002",
        federation: [FederatedTrust(issuer: "https://issuer.example", subject: "repo:one/two:environment:production")],
        roles: [.init("Reader")]
    )
    private static let secretsUser = "4633458b-17de-408a-b874-0445c86b69e6"
    private static let assignment = "99999999-0000-4000-8000-000000000001"

    private var cloud: Cloud

    init() {
        cloud = Cloud { configuration in
            configuration.clients = [Cloud.owner, Self.reader]
            configuration.identityHeader = SecretValue("the header")
        }
        cloud.makeGroup()
    }

    // MARK: Tokens

    private mutating func token(_ fields: [(String, String)], tenant: String? = nil) -> AzureResponse {
        let form = fields.map { "\($0.0)=\($0.1.replacing(":", with: "%3A").replacing("/", with: "%2F"))" }
        return cloud.azure.handle(
            AzureRequest(
                .post,
                "https://login.microsoftonline.com/\(tenant ?? cloud.configuration.tenant)/oauth2/v2.0/token",
                headers: [.contentType: "application/x-www-form-urlencoded"],
                body: Array(form.joined(separator: "&").utf8)
            ),
            at: cloud.now
        )
    }

    private static func form(
        secret: String = "the owner's secret",
        client: String = Cloud.owner.clientID,
        scope: String = "https://management.azure.com/.default"
    ) -> [(String, String)] {
        [("grant_type", "client_credentials"), ("client_id", client), ("client_secret", secret), ("scope", scope)]
    }

    @Test mutating func `a secret buys a token that opens the management plane`() throws {
        let answer = token(Self.form())
        #expect(answer.status == .ok)
        let text = try #require(answer.json?["access_token"]?.string)
        let list = "https://management.azure.com/subscriptions?api-version=2022-12-01"
        let headers: HTTPFields = [.authorization: "Bearer \(text)"]
        let request = AzureRequest(.get, list, headers: headers)
        #expect(cloud.azure.handle(request, at: cloud.now).status == .ok)
        #expect(
            cloud.azure.handle(request, at: cloud.now.addingTimeInterval(3600)).code == "ExpiredAuthenticationToken"
        )
        #expect(cloud.azure.handle(AzureRequest(.get, list), at: cloud.now).code == "AuthenticationFailed")
        let forged = AzureRequest(.get, list, headers: [.authorization: "Bearer \(text.dropLast())A"])
        #expect(["InvalidAuthenticationToken", nil].contains(cloud.azure.handle(forged, at: cloud.now).code))
    }

    @Test(arguments: [
        ("a wrong secret", form(secret: "guess"), "invalid_client"),
        ("an unknown client", form(client: "cccccccc-0000-4000-8000-000000000001"), "unauthorized_client"),
        ("a scope without .default", form(scope: "https://management.azure.com"), "invalid_scope"),
        ("a resource that is none", form(scope: "https://things.example/.default"), "invalid_resource"),
    ])
    mutating func `a token is refused`(_ what: String, _ form: [(String, String)], _ error: String) {
        #expect(token(form).json?["error"]?.string == error)
    }

    @Test mutating func `another tenant gives no token, and its tokens open nothing`() {
        #expect(token(Self.form(), tenant: "44444444-0000-4000-8000-000000000000").json?["error"] == "invalid_request")
        let foreign = cloud.azure.token(for: Cloud.owner, tenant: "44444444-0000-4000-8000-000000000000", at: cloud.now)
        let answer = cloud.send(
            .get,
            cloud.group + "?api-version=2025-04-01",
            headers: [.authorization: "Bearer \(foreign)"]
        )
        #expect(answer.code == "InvalidAuthenticationTokenTenant")
        let other = cloud.send(.get, cloud.group + "?api-version=2025-04-01", audience: "https://vault.azure.net")
        #expect(other.code == "InvalidAuthenticationTokenAudience")
    }

    @Test mutating func `a federated assertion is as good as a secret`() throws {
        func assertion(_ subject: String, lives: Double = 300) throws -> String {
            let claims: JSON = [
                "iss": "https://issuer.example", "sub": .string(subject), "aud": "api://AzureADTokenExchange",
                "exp": JSON(Int(cloud.now.timeIntervalSince1970 + lives)),
            ]
            let body = Data(claims.bytes).base64EncodedString().replacing("=", with: "").replacing("+", with: "-")
                .replacing("/", with: "_")
            return "e30.\(body).c2ln"
        }
        func form(_ assertion: String) -> [(String, String)] {
            [
                ("grant_type", "client_credentials"), ("client_id", Self.reader.clientID),
                ("client_assertion", assertion), ("scope", "https://management.azure.com/.default"),
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ]
        }
        let good = try assertion("repo:one/two:environment:production")
        #expect(token(form(good)).status == .ok)
        #expect(token(form(try assertion("repo:evil/two:environment:production"))).json?["error_codes"] == [70021])
        #expect(
            token(form(try assertion("repo:one/two:environment:production", lives: -1))).json?["error_codes"] == [
                700024
            ]
        )
    }

    @Test mutating func `machines and apps get tokens of their identities`() throws {
        let made = cloud.create("Microsoft.ManagedIdentity/userAssignedIdentities/chat", "2024-11-30", Sound.identity)
        let client = try #require(made.json?["properties"]?["clientId"]?.string)
        let machine = "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01"
        func ask(_ address: String, _ headers: HTTPFields) -> AzureResponse {
            cloud.azure.handle(
                AzureRequest(.get, "\(address)&resource=https://vault.azure.net&client_id=\(client)", headers: headers),
                at: cloud.now
            )
        }
        let metadata = try #require(HTTPField.Name("Metadata"))
        let identity = try #require(HTTPField.Name("X-IDENTITY-HEADER"))
        #expect(ask(machine, [:]).status == .badRequest)
        let answer = ask(machine, [metadata: "true"])
        #expect(answer.json?["expires_in"]?.string == "3599")
        let app = "http://127.0.0.1/msi/token?api-version=2019-08-01"
        #expect(ask(app, [identity: "guess"]).status == .unauthorized)
        #expect(ask(app, [identity: "the header"]).json?["client_id"]?.string == client)
    }

    // MARK: Roles

    @Test mutating func `a reader reads and does not write`() {
        let address = cloud.address("Microsoft.ManagedIdentity/userAssignedIdentities/chat", "2024-11-30")
        cloud.create("Microsoft.ManagedIdentity/userAssignedIdentities/chat", "2024-11-30", Sound.identity)
        #expect(cloud.send(.get, address, as: Self.reader).status == .ok)
        let answer = cloud.send(.put, address, Sound.identity, as: Self.reader)
        #expect(answer.status == .forbidden)
        #expect(answer.code == "AuthorizationFailed")
        #expect(answer.message?.contains("userAssignedIdentities/write") ?? false)
    }

    private func assignmentBody(_ principal: String, type: String?) -> JSON {
        let definition = "\(cloud.subscription)/providers/Microsoft.Authorization/roleDefinitions/\(Self.secretsUser)"
        return [
            "properties": .compact([
                "principalId": .string(principal), "roleDefinitionId": .string(definition),
                "principalType": type.map { .string($0) },
            ])
        ]
    }

    @Test mutating func `a fresh identity is unknown for a while unless it is said what it is`() throws {
        let made = cloud.send(
            .put,
            cloud.address("Microsoft.ManagedIdentity/userAssignedIdentities/chat", "2024-11-30"),
            Sound.identity
        )
        let principal = try #require(made.json?["properties"]?["principalId"]?.string)
        let address = cloud.address("Microsoft.Authorization/roleAssignments/\(Self.assignment)", "2022-04-01")
        let stranger = cloud.send(
            .put,
            address,
            assignmentBody("77777777-0000-4000-8000-000000000000", type: "ServicePrincipal")
        )
        #expect(stranger.code == "PrincipalNotFound")
        #expect(cloud.send(.put, address, assignmentBody(principal, type: nil)).code == "PrincipalNotFound")
        #expect(cloud.send(.put, address, assignmentBody(principal, type: "ServicePrincipal")).status == .created)
        #expect(cloud.send(.put, address, assignmentBody(principal, type: "ServicePrincipal")).status == .ok)
        cloud.advance(10)

        let twin = cloud.address(
            "Microsoft.Authorization/roleAssignments/99999999-0000-4000-8000-000000000002",
            "2022-04-01"
        )
        #expect(cloud.send(.put, twin, assignmentBody(principal, type: nil)).code == "RoleAssignmentExists")
        let other = cloud.send(.put, address, assignmentBody(Self.reader.objectID, type: nil))
        #expect(other.code == "RoleAssignmentUpdateNotPermitted")
    }

    @Test mutating func `some identities stay unknown even then`() throws {
        cloud = Cloud { $0.faults.principalWindows = 1 }
        cloud.makeGroup()
        let made = cloud.send(
            .put,
            cloud.address("Microsoft.ManagedIdentity/userAssignedIdentities/chat", "2024-11-30"),
            Sound.identity
        )
        let principal = try #require(made.json?["properties"]?["principalId"]?.string)
        let address = cloud.address("Microsoft.Authorization/roleAssignments/\(Self.assignment)", "2022-04-01")
        #expect(
            cloud.send(.put, address, assignmentBody(principal, type: "ServicePrincipal")).code == "PrincipalNotFound"
        )
        cloud.advance(30)
        #expect(cloud.send(.put, address, assignmentBody(principal, type: "ServicePrincipal")).status == .created)
    }

    @Test mutating func `a role opens the data plane only after a while, and only below its scope`() throws {
        cloud.create("Microsoft.KeyVault/vaults/vault1", "2025-05-01", Sound.vault)
        for name in ["one", "two"] {
            cloud.create(
                "Microsoft.KeyVault/vaults/vault1/secrets/\(name)",
                "2025-05-01",
                ["properties": ["value": "v"]]
            )
        }
        let secret = "\(cloud.group)/providers/Microsoft.KeyVault/vaults/vault1/secrets/one"
        let assignment =
            "\(secret)/providers/Microsoft.Authorization/roleAssignments/\(Self.assignment)?api-version=2022-04-01"
        #expect(cloud.send(.put, assignment, assignmentBody(Self.reader.objectID, type: nil)).status == .created)
        func read(_ name: String) -> HTTPResponse.Status {
            cloud.send(
                .get,
                "https://vault1.vault.azure.net/secrets/\(name)?api-version=7.5",
                as: Self.reader,
                audience: "https://vault.azure.net"
            ).status
        }
        #expect(read("one") == .forbidden)
        cloud.advance(60)
        #expect(read("one") == .ok)
        #expect(read("two") == .forbidden)
        #expect(cloud.send(.delete, assignment).status == .ok)
        #expect(read("one") == .forbidden)
    }

    @Test mutating func `an app whose identity may not read its secret yet fails, and succeeds later`() throws {
        cloud.create("Microsoft.KeyVault/vaults/vault1", "2025-05-01", Sound.vault)
        cloud.create("Microsoft.KeyVault/vaults/vault1/secrets/key", "2025-05-01", ["properties": ["value": "v"]])
        cloud.create("Microsoft.App/managedEnvironments/env", "2025-07-01", Sound.environment)
        let identity = cloud.create(
            "Microsoft.ManagedIdentity/userAssignedIdentities/chat",
            "2024-11-30",
            Sound.identity
        )
        let id = try #require(identity.json?["id"]?.string)
        let principal = try #require(identity.json?["properties"]?["principalId"]?.string)
        let vault = "\(cloud.group)/providers/Microsoft.KeyVault/vaults/vault1"
        _ = cloud.send(
            .put,
            "\(vault)/providers/Microsoft.Authorization/roleAssignments/\(Self.assignment)?api-version=2022-04-01",
            assignmentBody(principal, type: "ServicePrincipal")
        )
        let base = Sound.containerApp(in: "\(cloud.group)/providers/Microsoft.App/managedEnvironments/env")
        let secret: JSON = [
            "name": "key", "keyVaultUrl": "https://vault1.vault.azure.net/secrets/key", "identity": .string(id),
        ]
        let body = base.with("identity", ["type": "UserAssigned", "userAssignedIdentities": .object([.init(id, [:])])])
            .with("properties", (base["properties"] ?? [:]).with("configuration", ["secrets": [secret]]))
        let app = cloud.address("Microsoft.App/containerApps/chat", "2025-07-01")
        #expect(cloud.send(.put, app, body).status == .created)
        cloud.advance(40)
        #expect(cloud.send(.get, app).state == "Failed")
        #expect(cloud.send(.put, app, body).status == .ok)
        cloud.advance(40)
        #expect(cloud.send(.get, app).state == "Succeeded")
    }
}

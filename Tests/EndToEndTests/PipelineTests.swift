import AzureSimulator
import FakeUpstream
import Foundation
import HTTPTypes
import JSONText
import NIOHTTP1
import Testing

/// What `infra pipeline init` sets up, tried by whom it is set up for.
struct PipelineTests {
    static let subject = "repo:ada@1815/harbour@1843:environment:dev"
    static let identities = "Microsoft.ManagedIdentity/userAssignedIdentities"
    static let assignments = "Microsoft.Authorization/roleAssignments"

    /// The variables of a workflow's run that signs in with a token as GitHub's.
    ///
    /// Nobody can check the signature here; what is in the token is what GitHub says.
    private func run(as client: String, _ subject: String, in system: AzureSystem) throws -> [String: String] {
        let claims: JSON = [
            "iss": "https://token.actions.githubusercontent.com", "aud": "api://AzureADTokenExchange",
            "sub": .string(subject), "exp": 4_102_444_800,
        ]
        let parts = [#"{"alg":"RS256","typ":"JWT"}"#, claims.text, "signature"]
        let token = parts.map { Data($0.utf8).base64EncodedString().replacing("=", with: "").replacing("+", with: "-") }
        try system.write(token.joined(separator: ".").replacing("/", with: "_"), to: "token.jwt")
        return [
            "AZURE_CLIENT_SECRET": "", "AZURE_CLIENT_ID": client,
            "AZURE_FEDERATED_TOKEN_FILE": system.local.folder.appending(path: "token.jwt").path,
            "AZURE_SUBSCRIPTION_ID": SimulatorConfiguration().subscription,
        ]
    }

    /// The client that the commands for GitHub name.
    private func client(in output: String) throws -> String {
        let line = output.split(separator: "\n").first { $0.contains("AZURE_CLIENT_ID") }
        return try #require(line?.split(separator: " ").last.map(String.init))
    }

    private func prepare(
        _ system: AzureSystem,
        _ words: String...,
        code: Int32 = 0
    ) async throws -> LocalSystem.Result {
        let words = ["pipeline", "init", "--repository", "ada/harbour"] + words
        let result = try await system.local.run("infra", words)
        #expect(result.code == code, "\(result.output)\n\(result.errors)")
        return result
    }

    /// Lets an identity give itself a role, and tells how that was answered.
    private func give(_ role: String, _ type: String, as client: String, in system: AzureSystem) async throws -> Int {
        let identity = try await system.identifier(Self.identities, "lightening-dev-deployments")
        let configuration = SimulatorConfiguration()
        let owner = await system.simulation.token(for: AzureSystem.owner)
        let question = AzureRequest(
            .get,
            "http://localhost\(identity)?api-version=2024-11-30",
            headers: [.authorization: "Bearer \(owner)"]
        )
        let principal = await system.simulation.handle(question).json?["properties"]?["principalId"]?.string
        let token = await system.simulation.token(
            for: SimulatedClient(clientID: client, objectID: try #require(principal), roles: [])
        )
        let definitions =
            "/subscriptions/\(configuration.subscription)/providers/Microsoft.Authorization/roleDefinitions"
        let body: JSON = [
            "properties": [
                "roleDefinitionId": .string("\(definitions)/\(role)"), "principalId": .string(principal ?? ""),
                "principalType": .string(type),
            ]
        ]
        let name = "/providers/\(Self.assignments)/aaaaaaaa-0000-4000-8000-00000000000a?api-version=2022-04-01"
        let request = AzureRequest(
            .put,
            "http://localhost\(system.group)\(name)",
            headers: [.authorization: "Bearer \(token)", .contentType: "application/json"],
            body: body.bytes
        )
        return await system.simulation.handle(request).status.code
    }

    @Test func `a workflow deploys with what was set up, which is set up once`() async throws {
        try await AzureSystem.running(environment: AzureSystem.location) { configuration in
            configuration.unregisteredProviders = ["Microsoft.App", "Microsoft.ManagedIdentity"]
        } _: { system in
            let silent = try await prepare(system, "--subject", Self.subject, code: 64)
            #expect(silent.errors.contains("There is nobody to ask here."))
            #expect(silent.output.contains("+ trust in GitHub's tokens for \(Self.subject)"))
            #expect(await system.writeCount == 0)

            let made = try await prepare(system, "--subject", Self.subject, "--yes")
            #expect(made.output.contains("+ the subscription's registration for Microsoft.App"), "\(made.output)")
            #expect(made.output.contains("gh secret set OPENAI_API_KEY --repo ada/harbour --env dev"))
            #expect(!made.output.contains("JWT_SIGNING_KEY") && !made.output.contains("AZURE_RESOURCE_GROUP"))
            let writes = await system.writeCount
            let again = try await prepare(system, "--subject", Self.subject, "--yes")
            #expect(again.output.contains("Nothing to do"))
            #expect(await system.writeCount == writes)
            let client = try client(in: made.output)
            #expect(try self.client(in: again.output) == client)

            let stranger = try run(as: client, Self.subject.replacing("dev", with: "other"), in: system)
            let refused = try await system.infra("preview", code: 78, with: stranger)
            #expect(refused.errors.contains("AADSTS70021"), "\(refused.errors)")
            let runner = try run(as: client, Self.subject, in: system).merging(["OPENAI_API_KEY": "sk-test"]) { $1 }
            try await system.up(with: runner)
            try await system.infra("preview", "--detailed-exitcode", code: 0, with: runner)
            // It may give roles, but not make itself or a person the owner.
            let owner = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
            for (role, type) in [(owner, "ServicePrincipal"), ("4633458b-17de-408a-b874-0445c86b69e6", "User")] {
                #expect(try await give(role, type, as: client, in: system) == 403)
            }
            // The identity is nobody's to remove but that of who made it.
            try await system.infra("down", "--target", "azure", "--yes", code: 0)
            #expect(try await prepare(system, "--subject", Self.subject, "--yes").output.contains("Nothing to do"))
        }
    }

    @Test func `who previews may read, and nothing else`() async throws {
        try await AzureSystem.running(environment: AzureSystem.ready) { system in
            try await system.up()
            let subject = "repo:ada/harbour:pull_request"
            let made = try await prepare(system, "--pull-requests", "--subject", subject, "--yes")
            #expect(!made.output.contains("gh secret"))
            #expect(!made.output.contains("--env"))
            var runner = try run(as: try client(in: made.output), subject, in: system)
            runner["OPENAI_API_KEY"] = ""
            try await system.infra("preview", "--detailed-exitcode", code: 0, with: runner)
            let writes = await system.writeCount
            runner["OPENAI_API_KEY"] = "sk-other"
            let refused = try await system.up(code: 1, with: runner)
            #expect(refused.errors.contains("AuthorizationFailed"), "\(refused.errors)")
            #expect(await system.writeCount == writes)
        }
    }

    @Test func `a bound that somebody took away is put back, and no role is given twice`() async throws {
        try await AzureSystem.running(environment: AzureSystem.location) { system in
            _ = try await prepare(system, "--subject", Self.subject, "--yes")
            let simulation = system.simulation
            let bound = await simulation.identifiers.filter { $0.contains("/\(Self.assignments)/") }
            #expect(bound.count == 2)
            for id in bound where await simulation.body(of: id)?["properties"]?["condition"] != nil {
                await simulation.edit(id, ["properties": ["condition": "true"]])
            }
            let put = try await prepare(system, "--subject", Self.subject, "--yes")
            #expect(put.output.contains("bound to the roles of stacks (put right)"), "\(put.output)")
            #expect(await simulation.identifiers.filter { $0.contains("/\(Self.assignments)/") } == bound)
            // Another branch is another token for the same identity.
            let other = try await prepare(system, "--subject", "repo:ada/harbour:ref:refs/heads/main", "--yes")
            #expect(other.output.contains("+ trust") && !other.output.contains("+ identity"))
        }
    }

    @Test func `GitHub is asked what its tokens begin with, and no guess is made`() async throws {
        try await FakeUpstream.run { github in
            let variables = AzureSystem.location.merging(["GITHUB_API_URL": "http://127.0.0.1:\(github.port)"]) { $1 }
            try await AzureSystem.running(environment: variables) { system in
                async let told = prepare(system, "--branch", "main", code: 64)
                let call = try await github.nextCall()
                #expect(call.head.uri == "/repos/ada/harbour/actions/oidc/customization/sub")
                try await call.refuse(.ok, body: #"{"use_default":true,"sub_claim_prefix":"repo:ada@1/harbour@2"}"#)
                #expect(try await told.output.contains("tokens for repo:ada@1/harbour@2:ref:refs/heads/main"))

                async let refused = prepare(system, code: 1)
                try await github.nextCall().refuse(.notFound, body: #"{"message":"Not Found"}"#)
                #expect(try await refused.errors.contains("--subject asks nobody"))

                async let custom = prepare(system, code: 78)
                try await github.nextCall().refuse(.ok, body: #"{"use_default":false}"#)
                #expect(try await custom.errors.contains("Give the whole subject with --subject."))
                #expect(await system.writeCount == 0)
            }
        }
    }
}

import AzureSimulator
import Foundation
import Testing

/// What a user reads, and a program learns, when a deployment to Azure fails.
struct AzureFailureTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        var environment: [String: String] = [:]
        var words: [String] = []
        let code: Int32
        let says: [String]
        var testDescription: String { name }
    }

    private static let unknown = "11111111-1111-4111-8111-999999999999"

    static let refusals = [
        Row(
            name: "a wrong client secret",
            environment: ["AZURE_CLIENT_SECRET": "wrong-77"],
            code: 78,
            says: ["AADSTS7000215", "Set AZURE_CLIENT_SECRET to the value of the secret"]
        ),
        Row(
            name: "another subscription",
            environment: ["AZURE_SUBSCRIPTION_ID": unknown],
            code: 78,
            says: ["'\(unknown)' cannot be seen", "Check --subscription"]
        ),
        Row(
            name: "a subscription that cannot be one",
            words: ["--subscription", "../mine"],
            code: 78,
            says: ["'../mine' cannot be seen", "Check --subscription"]
        ),
        Row(
            name: "an unknown cloud",
            environment: ["AZURE_CLOUD": "mars", "SLIPWAY_AZURE_ENDPOINT": ""],
            code: 78,
            says: ["There is no cloud 'mars'. AZURE_CLOUD may be: AzureCloud, "]
        ),
        Row(
            name: "an address that is none",
            environment: ["SLIPWAY_AZURE_ENDPOINT": "mars"],
            code: 78,
            says: ["SLIPWAY_AZURE_ENDPOINT is no address of a server"]
        ),
        Row(name: "no region", environment: ["AZURE_LOCATION": ""], code: 78, says: ["--location REGION"]),
        Row(
            name: "an unknown resource",
            words: ["--only", "evnts"],
            code: 64,
            says: ["The stack has no evnts. It has: "]
        ),
        Row(name: "a time that is none", words: ["--lock-timeout", "-1"], code: 64, says: ["lock-timeout"]),
        Row(
            name: "a group that cannot be one",
            words: ["--resource-group", "a/b"],
            code: 78,
            says: ["'a/b' cannot be the name of a resource group"]
        ),
    ]

    @Test func `what stands in the way is told with the remedy, and nothing is written`() async throws {
        try await AzureSystem.running(environment: AzureSystem.ready) { system in
            for row in Self.refusals {
                let words = ["up", "--target", "azure", "--code", "keep", "--yes"] + row.words
                let result = try await system.local.run("infra", words, with: row.environment)
                #expect(result.code == row.code, "\(row.name): \(result.errors)")
                for text in row.says { #expect(result.errors.contains(text), "\(row.name): \(result.errors)") }
                #expect(!result.errors.contains("wrong-77"))
                #expect(result.output.isEmpty)
            }
            #expect(await system.writeCount == 0)
        }
    }

    /// What an Azure is like in which `up` fails.
    struct Trouble: Sendable, CustomTestStringConvertible {
        let name: String
        let says: [String]
        let change: @Sendable (inout SimulatorConfiguration) -> Void
        var testDescription: String { name }
    }

    static let troubles = [
        Trouble(name: "who may only read", says: ["AuthorizationFailed", "give you the role 'Contributor'"]) {
            $0.clients[0].roles = [.init("Reader")]
        },
        Trouble(name: "who may not give roles", says: ["All 13: Have somebody give you the role 'Role Based Access"]) {
            $0.clients[0].roles = [.init("Contributor")]
        },
        Trouble(name: "a policy", says: ["RequestDisallowedByPolicy", "Ask whoever keeps the policy 'no buses'"]) {
            $0.policies = [.init("no buses", type: "Microsoft.ServiceBus/namespaces")]
        },
        Trouble(name: "a taken name", says: ["Choose another resource group with --resource-group"]) {
            $0.takenNames = ["Microsoft.ContainerRegistry/registries/images3l7log67vioze"]
        },
        Trouble(name: "a quota", says: ["ask for more under Quotas in the portal"]) {
            $0.quotas = ["Microsoft.App/managedEnvironments": 0]
        },
    ]

    @Test(arguments: troubles)
    func `trouble in Azure is told with the remedy`(trouble: Trouble) async throws {
        try await AzureSystem.running(environment: AzureSystem.ready, trouble.change) { system in
            let result = try await system.up(code: 1)
            let all = result.output + result.errors
            for text in trouble.says { #expect(all.contains(text), "\(all)") }
        }
    }

    @Test func `a region that does not exist`() async throws {
        try await AzureSystem.running(environment: AzureSystem.ready.merging(["AZURE_LOCATION": "mars"]) { $1 }) {
            system in
            let result = try await system.up(code: 1)
            #expect(result.errors.contains("Choose another region with --location"), "\(result.errors)")
            #expect(await system.writeCount == 0)
        }
    }

    @Test func `one resource fails, the others go on, and the next run finishes`() async throws {
        try await AzureSystem.running(environment: AzureSystem.ready) {
            let failure = ProvisioningFailure("InternalServerError", "It broke.", times: 1)
            $0.provisioningFailures = ["/managedEnvironments/lightening-dev-environment": failure]
        } _: { system in
            let summary = system.local.folder.appending(path: "summary.md").path
            let result = try await system.up(code: 1, with: ["GITHUB_STEP_SUMMARY": summary])
            #expect(
                result.output.contains(
                    "✗ lightening-dev-environment (container environment)\n  InternalServerError: It broke."
                )
            )
            #expect(result.output.contains("chat (container app), because lightening-dev-environment"))
            #expect(result.output.contains(/Failed after .*: 1 failed, \d+ skipped, \d+ done\./))
            #expect(result.output.contains("Then run the same command again"))
            #expect(system.file("summary.md")?.contains("**InternalServerError** It broke.") == true)
            let preview = try await system.infra("preview", code: 0)
            #expect(!preview.output.contains("vault (key vault)"))
            try await system.up()
            try await system.infra("preview", "--detailed-exitcode", code: 0)
        }
    }
}

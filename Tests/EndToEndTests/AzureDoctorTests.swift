import AzureSimulator
import JSONText
import Settings
import Testing

/// `infra doctor --target azure`, with the real program.
struct AzureDoctorTests {
    private static let canary = "sk-canary-of-a-doctor-11"
    private static let ready = ["AZURE_LOCATION": "westeurope", "OPENAI_API_KEY": canary]

    private static func doctor(_ system: AzureSystem) async throws -> LocalSystem.Result {
        let result = try await system.infra("doctor", "--target", "azure")
        #expect(!(result.output + result.errors).contains("canary"))
        #expect(!(result.output + result.errors).contains(AzureSystem.clientSecret))
        #expect(await system.simulation.journal.writeCount == 0)
        return result
    }

    @Test func `where nothing stands in the way, it is told who signed in, and where it goes`() async throws {
        try await AzureSystem.running(environment: Self.ready) {
            $0.unregisteredProviders = ["Microsoft.App"]
        } _: { system in
            let result = try await Self.doctor(system)
            #expect(result.code == 0, "\(result.output)\(result.errors)")
            #expect(result.output.contains("✓ Signed in as the application \(AzureSystem.owner.clientID) by "))
            #expect(result.output.contains("'Simulated' (\(SimulatorConfiguration().subscription))"))
            #expect(result.output.contains("'lightening-dev' is new, and will be in westeurope."))
            #expect(result.output.contains("! The subscription is not registered for Microsoft.App;"))
            #expect(result.output.contains("✓ You may write everything"))
            #expect(result.output.contains("✓ No name that the stack needs is taken."))
            #expect(result.output.contains("✓ OPENAI_API_KEY is set."))
        }
    }

    @Test func `who may not give roles learns it before anything is written`() async throws {
        try await AzureSystem.running(environment: Self.ready) {
            $0.clients[0].roles = [.init("Contributor")]
        } _: { system in
            let result = try await Self.doctor(system)
            #expect(result.code == 1)
            #expect(result.output.contains("✗ You may not do Microsoft.Authorization/roleAssignments/write"))
            #expect(result.output.contains("'Role Based Access Control Administrator' or 'Owner'"))
            #expect(!result.output.contains("role 'Contributor'"))
        }
    }

    @Test func `names that are taken, or that something deleted still has, are told`() async throws {
        try await AzureSystem.running(environment: Self.ready) { system in
            try await system.plant()
            let vault = try await system.identifier("Microsoft.KeyVault/vaults", "vault-")
            let names = await system.simulation.identifiers.filter { $0.contains("/registries/images") }
            let registry = try #require(names.first)
            for name in [vault, registry] { await system.simulation.remove(name) }
            // Somebody else has the registry's name now.
            let elsewhere = registry.replacing("resourceGroups/lightening-dev", with: "resourceGroups/theirs")
            await system.simulation.plant(elsewhere, ["location": "westeurope", "sku": ["name": "Basic"]])
            let result = try await Self.doctor(system)
            #expect(result.code == 1)
            #expect(result.output.contains(/! The deleted Microsoft.KeyVault\/vaults 'vault-.*' still has its name/))
            #expect(result.output.contains(/✗ The name 'images.*' of the .*registries is taken/), "\(result.output)")
        }
    }

    @Test func `what is missing to begin with is told with everything else`() async throws {
        try await AzureSystem.running { system in
            let result = try await Self.doctor(system)
            #expect(result.code == 1)
            #expect(result.output.contains("nobody said in which region"), "\(result.output)")
            #expect(result.output.contains("✗ OPENAI_API_KEY is missing."))
        }
        try await AzureSystem.running(environment: ["AZURE_CLIENT_SECRET": "wrong-77", "AZURE_LOCATION": "eastus"]) {
            let result = try await Self.doctor($0)
            #expect(result.code == 1)
            #expect(result.output.contains("AADSTS7000215"), "\(result.output)")
            #expect(!result.output.contains("wrong-77"))
        }
        try await AzureSystem.running(environment: Self.ready.merging(["AZURE_LOCATION": "mars"]) { $1 }) {
            let result = try await Self.doctor($0)
            #expect(result.code == 1)
            #expect(result.output.contains("Microsoft.App/containerApps is not offered in mars."), "\(result.output)")
        }
    }
}

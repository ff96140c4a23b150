import AzureSimulator
import Foundation
import JSONText
import Testing

/// `infra secrets`, with the real program.
struct SecretsTests {
    private static let canary = "sk-canary-of-secrets-41f0"

    @Test func `a secret is set in .env, and everything else in it stays`() async throws {
        try await AzureSystem.running { system in
            let before = "# mine\r\nOTHER = 1 \n\nOPENAI_API_KEY=old\n#OPENAI_API_KEY=no\n"
            try system.write(before, to: ".env")
            let set = try await system.infra("secrets", "set", "OPENAI_API_KEY", input: "\(Self.canary)\n")
            #expect(set.code == 0, "\(set.errors)")
            #expect(!(set.output + set.errors).contains("canary"))
            let after = before.replacing("OPENAI_API_KEY=old", with: "OPENAI_API_KEY=\(Self.canary)")
            #expect(system.file(".env") == after)
            let path = system.local.folder.appending(path: ".env").path
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: system.local.folder.path) == [".env"])
            let list = try await system.infra("secrets", "list")
            #expect(list.code == 0)
            #expect(list.output.contains(/OPENAI_API_KEY +chat, functions +\.env/), "\(list.output)")
            #expect(list.output.contains("made up"))
            #expect(!list.output.contains("canary"))
            #expect(await system.simulation.journal.requestCount == 0)
        }
    }

    @Test func `a value of several lines is kept whole, and what is no value is refused`() async throws {
        try await AzureSystem.running { system in
            let value = "-----BEGIN-----\n\"a\"\\\n-----END-----\n\n"
            #expect(try await system.infra("secrets", "set", "JWT_SIGNING_KEY", input: value).code == 0)
            #expect(system.file(".env") == #"JWT_SIGNING_KEY="-----BEGIN-----\n\"a\"\\\n-----END-----\n""# + "\n")
            let empty = try await system.infra("secrets", "set", "JWT_SIGNING_KEY", input: "\n")
            #expect(empty.code == 64)
            #expect(empty.errors.contains("There is no value"))
            let unknown = try await system.infra("secrets", "set", "OPENAI_KEY", input: "x")
            #expect(unknown.code == 64)
            #expect(unknown.errors.contains("It needs: JWT_SIGNING_KEY, OPENAI_API_KEY"), "\(unknown.errors)")
            let long = String(repeating: "x", count: 26_000)
            #expect(try await system.infra("secrets", "set", "JWT_SIGNING_KEY", input: long).code == 64)
        }
    }

    @Test func `a secret is set in the vault, and nothing but the one request carries it`() async throws {
        try await AzureSystem.running {
            $0.clients[0].roles.append(.init("Key Vault Secrets User"))
        } _: { system in
            try await system.plant()
            let vault = try await system.identifier("Microsoft.KeyVault/vaults", "vault-")
            let set = try await system.infra(
                "secrets",
                "set",
                "OPENAI_API_KEY",
                "--target",
                "azure",
                input: Self.canary
            )
            #expect(set.code == 0, "\(set.errors)")
            #expect(set.output.contains("is set in the vault 'vault-"))
            #expect(!(set.output + set.errors).contains("canary"))
            #expect(system.file(".env") == nil)
            let secret = "\(vault)/secrets/OPENAI-API-KEY"
            #expect(try await system.secret("OPENAI-API-KEY", in: vault) == Self.canary)
            #expect(await system.simulation.journal.writes(of: secret) == 1)
            #expect(await system.simulation.journal.writeCount == 1)
            let list = try await system.infra("secrets", "list", "--target", "azure")
            #expect(list.output.contains(/OPENAI_API_KEY +chat, functions +vault/), "\(list.output)")
            #expect(!(list.output + list.errors).contains("canary"))
        }
    }

    @Test func `where there is no vault yet, it is said what makes it`() async throws {
        try await AzureSystem.running(environment: ["AZURE_LOCATION": "westeurope"]) { system in
            let set = try await system.infra(
                "secrets",
                "set",
                "OPENAI_API_KEY",
                "--target",
                "azure",
                input: Self.canary
            )
            #expect(set.code == 1)
            #expect(set.errors.contains("`infra up --target azure` makes it"))
            #expect(!set.errors.contains("canary"))
            #expect(await system.simulation.journal.writeCount == 0)
        }
    }

    @Test func `an error of Azure does not repeat the value`() async throws {
        try await AzureSystem.running {
            $0.policies = [PolicyDenial("no-secrets", type: "Microsoft.KeyVault/vaults/secrets")]
        } _: { system in
            try await system.plant()
            let set = try await system.infra(
                "secrets",
                "set",
                "OPENAI_API_KEY",
                "--target",
                "azure",
                input: Self.canary
            )
            #expect(set.code == 1)
            #expect(set.errors.contains("RequestDisallowedByPolicy"))
            #expect(set.errors.contains("policy 'no-secrets'"))
            #expect(!set.errors.contains("canary"))
        }
    }

    @Test func `everything that is missing is told at once, with how to set it`() async throws {
        try await AzureSystem.running { system in
            let azure = try await system.infra("secrets", "doctor", "--target", "azure", "--stage", "production")
            #expect(azure.code == 78)
            #expect(azure.output.contains("✗ OPENAI_API_KEY is missing (chat, generator)."), "\(azure.output)")
            #expect(azure.output.contains("${{ secrets.OPENAI_API_KEY }}"))
            #expect(azure.output.contains("infra secrets set OPENAI_API_KEY --stage production --target azure"))
            #expect(azure.output.contains("JWT_SIGNING_KEY is set: made up."))
            let here = try await system.infra("secrets", "doctor")
            #expect(here.code == 0, "\(here.output)")
            #expect(here.output.contains("OPENAI_API_KEY is not set"))
            try system.write("OPENAI_API_KEY=\(Self.canary)\n", to: ".env")
            let set = try await system.infra("secrets", "doctor", "--target", "azure", "--stage", "production")
            #expect(set.code == 0, "\(set.errors)")
            #expect(!(set.output + set.errors).contains("canary"))
        }
    }
}

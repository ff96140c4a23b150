import AzureSimulator
import Foundation
import JSONText
import Testing

/// What `up` wants before it writes anything: consent, a plan that still holds, and secrets.
struct AzureConsentTests {
    @Test func `without consent, or without a secret, nothing is written`() async throws {
        try await AzureSystem.running(environment: AzureSystem.ready) { system in
            let silent = try await system.infra("up", "--target", "azure", code: 64)
            #expect(
                silent.errors
                    == "There is nobody to ask here. Review the changes with `infra preview`, then run this with --yes.\n"
            )
            let missing = try await system.up(code: 78, with: ["OPENAI_API_KEY": ""])
            #expect(missing.errors.contains("These secrets have no value:\n  OPENAI_API_KEY\n"))
            #expect(!missing.errors.contains("JWT_SIGNING_KEY"))
            #expect(await system.writeCount == 0)

            try await system.up()
            let vault = try await system.identifier("Microsoft.KeyVault/vaults", "vault-")
            let made = await system.simulation.body(of: "\(vault)/secrets/JWT-SIGNING-KEY")
            let bus = try await system.identifier("Microsoft.ServiceBus/namespaces", "lightening-dev-")
            await system.simulation.edit("\(bus)/queues/events", ["properties": ["maxDeliveryCount": 3]])
            try await system.up(with: ["OPENAI_API_KEY": ""])
            // What was not given is remembered all the same.
            try await system.infra("preview", "--detailed-exitcode", code: 0)
            #expect(await system.simulation.journal.writes(of: "\(vault)/secrets/JWT-SIGNING-KEY") == 1)
            #expect(await system.simulation.journal.writes(of: "\(vault)/secrets/OPENAI-API-KEY") == 1)
            #expect(await system.simulation.body(of: "\(vault)/secrets/JWT-SIGNING-KEY") == made)
            // Another value is a change, of which nobody sees more than that.
            let other = try await system.up(with: ["OPENAI_API_KEY": "sk-other"])
            #expect(other.output.contains("1 to change, 47 unchanged"), "\(other.output)")
            #expect(!other.output.contains("sk-"))
            #expect(await system.simulation.journal.writes(of: "\(vault)/secrets/OPENAI-API-KEY") == 2)
        }
    }

    @Test func `a saved plan is carried out as it was saved, or not at all`() async throws {
        try await AzureSystem.running(environment: AzureSystem.ready) { system in
            try system.write("old", to: "plan.json")
            try await system.infra("preview", "--save", "plan.json", code: 0)
            let text = try #require(system.file("plan.json"))
            #expect(!text.contains("sk-test"))
            let path = system.local.folder.appending(path: "plan.json").path
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)

            let other = try await system.up("--plan", "plan.json", "--stage", "production", code: 78)
            #expect(other.errors.contains("'plan.json' is for stack 'lightening-dev'"), "\(other.errors)")
            try system.write(text.replacing("PT", with: "P1DT"), to: "bad.json")
            let damaged = try await system.up("--plan", "bad.json", code: 78)
            #expect(damaged.errors.contains("is not as it was saved"), "\(damaged.errors)")
            try system.write("{", to: "no.json")
            #expect(try await system.up("--plan", "no.json", code: 78).errors.contains("is no saved plan"))
            #expect(try await system.up("--plan", "none.json", code: 78).errors.contains("cannot be read"))
            #expect(await system.writeCount == 0)

            // A plan that was reviewed needs nobody who agrees once more.
            try await system.infra("up", "--target", "azure", "--plan", "plan.json", code: 0)
            let writes = await system.writeCount
            let again = try await system.up("--plan", "plan.json", code: 1)
            #expect(again.errors.contains("is out of date, and nothing was done."))
            #expect(await system.writeCount == writes)

            let queue =
                try await system.identifier("Microsoft.ServiceBus/namespaces", "lightening-dev-") + "/queues/events"
            await system.simulation.edit(queue, ["properties": ["maxDeliveryCount": 3]])
            try await system.infra("preview", "--save", "plan.json", code: 0)
            await system.simulation.edit(queue, ["properties": ["maxDeliveryCount": 4]])
            let moved = try await system.up("--plan", "plan.json", code: 1)
            #expect(moved.errors.contains("events"), "\(moved.errors)")
            #expect(await system.writeCount == writes)
            await system.simulation.edit(queue, ["properties": ["maxDeliveryCount": 3]])
            try await system.up("--plan", "plan.json")
            try await system.infra("preview", "--detailed-exitcode", code: 0)
        }
    }
}

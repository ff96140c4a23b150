import AzureSimulator
import Foundation
import HTTPTypes
import JSONText
import Testing

/// The life of a stack in Azure, with the real program: made, looked at, disturbed, repaired, removed.
struct AzureDeploymentTests {
    @Test func `a stack is made, and then there is nothing to do`() async throws {
        try await AzureSystem.running(environment: AzureSystem.ready) { system in
            #expect(try await system.infra("preview", code: 0).output.contains("Plan: 48 to create, 0 unchanged."))
            try await system.infra("plan", "--detailed-exitcode", code: 2)
            #expect(await system.writeCount == 0)

            let up = try await system.up()
            let banner = try #require(up.output.firstRange(of: "subscription    Simulated ("))
            let first = try #require(up.output.firstRange(of: "creating"))
            #expect(banner.lowerBound < first.lowerBound)
            #expect(up.output.contains(/functionsName +functions-/))
            #expect(up.output.contains("The longest chain took"))
            #expect(up.output.contains(/Done in .*: 48 done\./))
            #expect(up.errors.isEmpty)

            let writes = await system.writeCount
            #expect(try await system.infra("preview", "--detailed-exitcode", code: 0).output.contains("Nothing to do"))
            #expect(try await system.up(with: ["OPENAI_API_KEY": ""]).output.contains("Nothing to do: 48 unchanged."))
            #expect(try await system.infra("drift", "--fail", code: 0).output.contains("Nothing has changed"))
            #expect(try await system.infra("status", "--target", "azure", code: 0).output.contains("47 of 47"))
            let outputs = try await system.infra("outputs", "--target", "azure", code: 0)
            #expect(outputs.output.contains("functionsName"))
            #expect(try await system.infra("lock", "status", code: 0).output.contains("Nobody deploys"))
            #expect(await system.writeCount == writes)
        }
    }

    @Test func `what somebody changed is told exactly, repaired, and what others made is left`() async throws {
        try await AzureSystem.running(environment: AzureSystem.ready) { system in
            try await system.up()
            let queue = try await system.identifier("Microsoft.ServiceBus/namespaces", "lightening-dev-") + "/queues"
            let table = try #require(await system.identifiers.first { $0.hasSuffix("/tables/chats") })
            await system.simulation.edit("\(queue)/events", ["properties": ["maxDeliveryCount": 3]])
            await system.simulation.remove(table)
            await system.simulation.plant("\(queue)/theirs")

            let drift = try await system.infra("drift", "--fail", "--json", code: 1)
            let document = try JSON(parsing: drift.output)
            let events = document["resources"]?.array?.compactMap { $0["event"]?.string }
            #expect(events == ["changed", "gone"], "\(drift.output)")
            #expect(document["resources"]?.array?[0]["properties"]?.array?.count == 1)
            #expect(document["others"]?.array == [.string("\(queue)/theirs")])
            let words = try await system.infra("drift", code: 0).output
            #expect(words.contains("properties.maxDeliveryCount: 10 → 3"))
            #expect(words.contains("files/chats (table) is gone"), "\(words)")

            let requests = await system.simulation.journal.requestCount
            #expect(try await system.up().output.contains("1 to create, 1 to change, 46 unchanged"))
            #expect(await system.simulation.journal.writes(of: "\(queue)/theirs") == 0)
            let puts = await system.simulation.journal.entries.filter { $0.number > requests && $0.method == .put }
            // The ledger's head, its version before and after, and the two resources.
            #expect(puts.count == 5, "\(puts.map(\.path))")
            let after = try await system.infra("drift", "--fail", code: 1).output
            #expect(after.contains("Drift: 0 gone, 0 changed, 1 made by others."))

            // They go with the namespace, and that is said before.
            let refused = try await system.infra("down", "--target", "azure", code: 64)
            #expect(refused.output.contains("Others have put these into them, and they are lost, too:\n"))
            #expect(refused.output.contains("/theirs\n"))
        }
    }

    @Test func `what was made is removed, the group too, and nothing without consent`() async throws {
        try await AzureSystem.running(environment: AzureSystem.ready) { system in
            try await system.up()
            let writes = await system.writeCount
            let refused = try await system.infra("down", "--target", "azure", code: 64)
            #expect(refused.errors.contains("then run this with --yes"))
            #expect(await system.writeCount == writes)
            let down = try await system.infra("down", "--target", "azure", "--yes", code: 0)
            #expect(!down.output.contains("public  "))
            #expect(!down.output.contains("OUTPUT"))
            #expect(await system.identifiers == [])
            #expect(await system.simulation.body(of: system.group) == nil)
            for words in [["down", "--target", "azure"], ["drift"], ["lock", "status"], ["rollback"]] {
                let result = try await system.local.run("infra", words, with: ["AZURE_LOCATION": ""])
                #expect(result.code == 1)
                #expect(result.errors.contains("There is no resource group 'lightening-dev'."), "\(result.errors)")
            }
            // The vault's name is still taken by the deleted one, which comes back.
            try await system.up()
            try await system.infra("down", "--target", "azure", "--yes", code: 0)
            try await system.up("--deleted-names", "purge")
            try await system.infra("down", "--target", "azure", "--yes", "--purge", code: 0)
            #expect(await system.identifiers == [])
            let last = try await system.infra("doctor", "--target", "azure", code: 0)
            #expect(last.output.contains("No name that the stack needs is taken."), "\(last.output)")
        }
    }

    @Test func `a group that was there stays, with what others have in it`() async throws {
        try await AzureSystem.running(environment: AzureSystem.ready) { system in
            let stranger = await system.plantStranger()
            let before = await system.identifiers
            try await system.up()
            let down = try await system.infra("down", "--target", "azure", "--yes", code: 0)
            #expect(down.errors.contains("The resource group 'lightening-dev' stays"))
            #expect(await system.identifiers == before)
            #expect(await system.simulation.body(of: stranger) != nil)
            #expect(await system.simulation.journal.writes(of: stranger) == 0)
        }
    }

    @Test func `going back makes the stack what it was`() async throws {
        try await AzureSystem.running(environment: AzureSystem.ready) { system in
            try await system.up("--only", "events")
            let few = await system.identifiers.filter { $0.contains("ServiceBus") }
            let none = try await system.infra("rollback", code: 1)
            #expect(none.errors.contains("There is only one version of 'lightening-dev'"), "\(none.errors)")
            try await system.up()
            let unknown = try await system.infra("rollback", "77", "--yes", code: 1)
            #expect(unknown.errors.contains("There is no version 77. Choose one from 1 to 2."))
            try await system.infra("rollback", code: 64)
            try await system.infra("rollback", "--yes", code: 0)
            let rest = await system.identifiers.filter { $0.contains("ServiceBus") || $0.contains("Web/sites") }
            #expect(rest == few)
            try await system.up()
            try await system.infra("preview", "--detailed-exitcode", code: 0)
        }
    }
}

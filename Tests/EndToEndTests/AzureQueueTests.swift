import JSONText
import Messaging
import TestInstruments
import Testing

/// `infra queue --target azure`, with the real program, a simulated Azure, and our broker in place of Service Bus.
@Suite(.timeLimit(.minutes(2))) struct AzureQueueTests {
    /// Runs a stack here, whose broker is the bus of one in Azure.
    private func withFront(
        isAllowed: Bool = true,
        _ body: @Sendable (_ system: LocalSystem, _ front: BusFront) async throws -> Void
    ) async throws {
        try await AzureSystem.running { azure in
            try await azure.plant()
            let port = try #require(azure.local.environment["SLIPWAY_AZURE_ENDPOINT"]?.split(separator: ":").last)
            try await LocalSystem.running { system in
                let front = BusFront(
                    azure: try #require(Int(port)),
                    broker: try system.busConnection,
                    isAllowed: isAllowed
                )
                try await front.listening { url in
                    let variables = azure.local.environment.merging(["SLIPWAY_AZURE_ENDPOINT": url]) { $1 }
                    try await body(system.with(variables), front)
                }
            }
        }
    }

    @Test func `who has signed in looks into the queues of the deployed stack, and brings dead letters back`()
        async throws
    {
        try await withFront { system, front in
            let dead = OutgoingMessage(id: "a", subject: "note", body: [1], properties: ["DeadLetterReason": "Odd"])
            try await system.withQueue("events-dead") { try await $0.send([dead]) }
            // A key for another bus is not what was asked for.
            let other = system.with(["SERVICEBUS_CONNECTION": "Endpoint=sb://127.0.0.1:9;nonsense"])
            let list = try await other.infra("queue", "--target", "azure", "--json")
            #expect(list.code == 0, "\(list.errors)")
            let counts = try JSON(parsing: list.output).array ?? []
            #expect(counts.compactMap { $0["queue"]?.string } == ["events", "events-dead"])
            #expect(counts.compactMap { $0["active"]?.integer } == [0, 1])

            let letters = try await system.infra("queue", "dead-letters", "events", "--target", "azure")
            #expect(letters.code == 0, "\(letters.errors)")
            #expect(letters.output.contains("Odd"))
            let sent = try await system.infra("queue", "resubmit", "events", "--id", "a", "--yes", "--target", "azure")
            #expect(sent.output.contains("Sent 1 to 'events' again."), "\(sent.errors)")
            // The service here finds no event in it, and gives it up for a reason of its own.
            try await eventually {
                let again = try await system.infra("queue", "dead-letters", "events", "--target", "azure", "--json")
                let found = try JSON(parsing: again.output)["deadLetters"]?.array ?? []
                return found.compactMap { $0["originalID"]?.string } == ["a"]
                    && found.compactMap { $0["reason"]?.string } == ["InvalidJSON"]
            }
            let purge = try await system.infra("queue", "purge", "events-dead", "--yes", "--target", "azure")
            #expect(purge.output.contains("Removed 1 from 'events-dead'."), "\(purge.errors)")
            #expect(front.namespaces.withLock { $0.count } == 1)
        }
    }

    @Test func `who has no role on the bus learns which one it takes`() async throws {
        try await withFront(isAllowed: false) { system, _ in
            let result = try await system.infra("queue", "peek", "events", "--target", "azure")
            #expect(result.code == 78)
            #expect(result.errors.contains("You need the role 'Azure Service Bus Data Owner' on lightening-dev-"))
        }
    }

    @Test func `what is not deployed has no queue to look into`() async throws {
        try await AzureSystem.running { system in
            let result = try await system.infra("queue", "--target", "azure")
            #expect(result.code == 1)
            #expect(result.errors.contains("Deploy the stack with `infra up --target azure`."))
        }
    }
}

import AsyncHTTPClient
package import Azure
package import AzureSimulator
import JSONText
import Logging
import NIOCore
import NIOPosix
package import Settings
package import TestInstruments

#if canImport(FoundationEssentials)
package import struct FoundationEssentials.Date
#else
package import struct Foundation.Date
#endif

/// An account of tables and one of documents in a simulated Azure, and somebody who may use them.
package struct SimulatedData: Sendable {
    package static let table = "things"
    package static let container = "posts"
    private static let database = "main"
    private static let user = SimulatedClient(
        clientID: "aaaaaaaa-0000-4000-8000-000000000001",
        objectID: "aaaaaaaa-0000-4000-8000-000000000002",
        roles: [.init("Storage Table Data Contributor")]
    )
    private static let group = "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/stack"
    private static let storage = "\(group)/providers/Microsoft.Storage/storageAccounts/files1"
    private static let documents = "\(group)/providers/Microsoft.DocumentDB/databaseAccounts/docs1"

    package let port: Int
    package let simulation: Simulation
    /// On which every wait is over at once; the simulator lives by it, too.
    package let clock: InstantClock
    package let connection: AzureConnection
    package let tableKey: SecretValue
    package let documentKey: SecretValue

    /// How a test signs in.
    package enum Access: Sendable, CaseIterable { case identity, key }

    /// Runs a simulator for as long as the body of a test.
    ///
    /// - Parameters:
    ///   - faults: What goes wrong, and how often.
    ///   - seed: Decides when.
    ///   - tables: More tables that are there.
    ///   - now: The time by which the simulator lives, where that is not the clock's.
    ///   - body: Is given the accounts.
    /// - Throws: What the body throws.
    package static func run(
        faults: FaultRates = .none,
        seed: UInt64 = 1,
        tables: [String] = [],
        now: (@Sendable () -> Date)? = nil,
        _ body: @Sendable (SimulatedData) async throws -> Void
    ) async throws {
        var configuration = SimulatorConfiguration()
        configuration.clients = [user]
        configuration.faults = faults
        configuration.seed = seed
        let clock = InstantClock()
        let settings = configuration
        try await AzureSimulator.serving(settings, now: now ?? { clock.date }) { port, simulation in
            await plant(tables, simulation)
            var patient = HTTPClient.Configuration.azure
            // A slow machine changes nothing.
            patient.timeout.connect = .minutes(10)
            let client = HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: patient)
            let data = SimulatedData(
                port: port,
                simulation: simulation,
                clock: clock,
                connection: connection(client, clock),
                tableKey: SecretValue(await simulation.key(of: storage) ?? ""),
                documentKey: SecretValue(await simulation.key(of: documents) ?? "")
            )
            do {
                try await body(data)
            } catch {
                try await client.shutdown()
                throw error
            }
            try await client.shutdown()
        }
    }

    private static func connection(_ client: HTTPClient, _ clock: InstantClock) -> AzureConnection {
        var logger = Logger(label: "data")
        logger.logLevel = .critical
        return AzureConnection(
            client: client,
            time: TimeSource(clock: clock, limitClock: TestClock(), now: { clock.date }),
            random: RandomSource(SeededGenerator(seed: 1)),
            logger: logger
        )
    }

    private static func plant(_ tables: [String], _ simulation: Simulation) async {
        for name in [table] + tables {
            await simulation.plant("\(storage)/tableServices/default/tables/\(name)")
        }
        let key: JSON = ["paths": ["/id"], "kind": "Hash", "version": 2]
        await simulation.plant(
            "\(documents)/sqlDatabases/\(database)/containers/\(container)",
            ["properties": ["resource": ["id": .string(container), "partitionKey": key]]]
        )
        await simulation.plant(
            "\(documents)/sqlRoleAssignments/bbbbbbbb-0000-4000-8000-000000000001",
            [
                "properties": [
                    "principalId": .string(user.objectID),
                    "roleDefinitionId": .string("\(documents)/sqlRoleDefinitions/00000000-0000-0000-0000-000000000002"),
                ]
            ]
        )
    }

    // MARK: What settings say

    /// A table, by the address that a stack gives to services, or with the account's key.
    package func table(_ name: String = table, _ access: Access = .key, policy: RetryPolicy = .data) -> TableClient? {
        let text = "http://127.0.0.1:\(port)/tables/files1"
        let setting =
            switch access {
            case .identity: text
            case .key: "AccountName=files1;AccountKey=\(tableKey.unsafeRevealed);TableEndpoint=\(text)"
            }
        guard case .account(let address, let account, let key) = TableLocation(setting) else { return nil }
        return TableClient(
            name,
            at: address,
            account: account,
            credential: credential(key),
            connection: connection,
            policy: policy
        )
    }

    package func documents(_ access: Access = .key, policy: RetryPolicy = .data) -> DocumentContainer? {
        let text = "http://127.0.0.1:\(port)/documents/docs1"
        let setting =
            switch access {
            case .identity: "\(text)/dbs/\(Self.database)"
            case .key: "AccountEndpoint=\(text)/;AccountKey=\(documentKey.unsafeRevealed);Database=\(Self.database)"
            }
        guard case .database(let name, let account, let key) = DocumentLocation(setting) else { return nil }
        return DocumentContainer(
            Self.container,
            in: name,
            of: account,
            credential: credential(key),
            connection: connection,
            policy: policy
        )
    }

    private func credential(_ key: SecretValue?) -> DataCredential {
        key.map { .key($0) } ?? .identity(TokenCache(SimulatedCredential(data: self), connection: connection))
    }

    /// Gives tokens of the simulator.
    private struct SimulatedCredential: TokenCredential {
        let data: SimulatedData

        func token(for scope: TokenScope) async throws -> AccessToken {
            let text = await data.simulation.token(for: SimulatedData.user, audience: scope.resource)
            return AccessToken(value: SecretValue(text), expiresAt: data.clock.date.addingTimeInterval(3000))
        }
    }
}

import AzureSimulator
import Foundation
import HTTPTypes
import JSONText
import TestInstruments
import Testing

/// Requests in no order at all, after each of which some things must hold.
@Suite struct `Random walks` {
    private struct Kind {
        let path: String
        let version: String
        let body: JSON
    }

    private static let kinds = [
        Kind(path: "Microsoft.ServiceBus/namespaces/bus-one", version: "2024-01-01", body: Sound.namespace),
        Kind(path: "Microsoft.ServiceBus/namespaces/bus-one/queues/a", version: "2024-01-01", body: [:]),
        Kind(
            path: "Microsoft.ServiceBus/namespaces/bus-one/queues/b",
            version: "2024-01-01",
            body: ["properties": ["maxDeliveryCount": 3]]
        ),
        Kind(path: "Microsoft.ServiceBus/namespaces/bus-one/topics/t", version: "2024-01-01", body: [:]),
        Kind(
            path: "Microsoft.ServiceBus/namespaces/bus-one/topics/t/subscriptions/s",
            version: "2024-01-01",
            body: [:]
        ),
        Kind(
            path: "Microsoft.KeyVault/vaults/vault1/secrets/key",
            version: "2025-05-01",
            body: ["properties": ["value": "v"]]
        ),
        Kind(path: "Microsoft.Storage/storageAccounts/files1", version: "2025-06-01", body: Sound.storage),
        Kind(
            path: "Microsoft.Storage/storageAccounts/files1/blobServices/default/containers/ccc",
            version: "2025-06-01",
            body: [:]
        ),
        Kind(path: "Microsoft.ContainerRegistry/registries/images1", version: "2025-11-01", body: Sound.registry),
        Kind(
            path: "Microsoft.ManagedIdentity/userAssignedIdentities/chat",
            version: "2024-11-30",
            body: Sound.identity
        ),
        Kind(path: "Microsoft.DocumentDB/databaseAccounts/data1", version: "2025-10-15", body: Sound.database),
        Kind(
            path: "Microsoft.DocumentDB/databaseAccounts/data1/sqlDatabases/main",
            version: "2025-10-15",
            body: ["properties": ["resource": ["id": "main"]]]
        ),
    ]

    @Test(arguments: 1...40)
    func `whatever is asked, nothing is half there`(_ seed: Int) {
        var random = SeededGenerator(seed: seed)
        var cloud = Cloud { configuration in
            configuration.seed = UInt64(seed)
            configuration.faults.serverErrors = 0.05
            configuration.faults.dropsBefore = 0.03
            configuration.faults.dropsAfter = 0.03
            configuration.faults.throttling = 0.01
            configuration.faults.slowOperations = 0.1
            configuration.faults.failedOperations = 0.05
            configuration.faults.staleReads = 0.1
        }
        cloud.azure.plant("\(cloud.group)/providers/Microsoft.KeyVault/vaults/vault1", Sound.vault, at: cloud.now)
        var accepted = 0
        for _ in 0..<200 {
            let kind = Self.kinds.randomElement(using: &random) ?? Self.kinds[0]
            let address = cloud.address(kind.path, kind.version)
            let known = cloud.azure.journal.writeCount
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let body = Bool.random(using: &random) ? kind.body : kind.body.with("colour", "red")
                let response = cloud.send(.put, address, body)
                if (200...202).contains(response.status.code) { accepted += 1 }
                checkEffect(response, since: known, cloud)
            case 5..<7:
                let response = cloud.send(.delete, address)
                if [200, 202].contains(response.status.code) { accepted += 1 }
                checkEffect(response, since: known, cloud)
            default: cloud.advance(Double(Int.random(in: 0...60, using: &random)))
            }
            check(&cloud)
        }
        #expect(cloud.azure.journal.writeCount == accepted)
        #expect(cloud.azure.journal.writes.values.reduce(0, +) == accepted)
    }

    /// What was refused did nothing, whether the client learned it or not.
    private func checkEffect(_ response: AzureResponse, since known: Int, _ cloud: Cloud) {
        let isAccepted = [200, 201, 202].contains(response.status.code)
        #expect(cloud.azure.journal.writeCount == known + (isAccepted ? 1 : 0))
    }

    private func check(_ cloud: inout Cloud) {
        let keys = Set(cloud.azure.identifiers.map { $0.lowercased() })
        for identifier in cloud.azure.identifiers {
            // Everything is in something that is there.
            let parts = identifier.split(separator: "/")
            guard parts.count > 8 else { continue }
            let parent = parts.dropLast(2).map { "/\($0)" }.joined().lowercased()
            #expect(keys.contains(parent), "\(identifier) has lost its parent")
        }
        let bus = "\(cloud.group)/providers/Microsoft.ServiceBus/namespaces/bus-one"
        #expect(cloud.azure.journal.highestConcurrency(below: bus) <= 1)
        let database = "\(cloud.group)/providers/Microsoft.DocumentDB/databaseAccounts/data1"
        #expect(cloud.azure.journal.highestConcurrency(below: database) <= 1)
    }

    @Test(arguments: 1...20)
    func `what is written comes back, and without faults everything ends well`(_ seed: Int) {
        var random = SeededGenerator(seed: seed)
        var cloud = Cloud()
        cloud.azure.plant("\(cloud.group)/providers/Microsoft.KeyVault/vaults/vault1", Sound.vault, at: cloud.now)
        for kind in Self.kinds.shuffled(using: &random) + Self.kinds.shuffled(using: &random) + Self.kinds {
            let response = cloud.send(.put, cloud.address(kind.path, kind.version), kind.body)
            guard response.code != "ParentResourceNotFound" else { continue }
            #expect((200...202).contains(response.status.code), "\(response.message ?? "")")
            cloud.advance(200)
            let read = cloud.send(.get, cloud.address(kind.path, kind.version))
            #expect(read.state == nil || read.state == "Succeeded")
            #expect(Superset(hidden: ["properties.value"]).losses(of: kind.body, in: read.json ?? [:]) == [])
        }
        #expect(cloud.azure.identifiers.count > Self.kinds.count)
        _ = cloud.send(.delete, "\(cloud.group)?api-version=2025-04-01")
        cloud.advance(60)
        _ = cloud.send(.get, "/subscriptions?api-version=2022-12-01")
        #expect(cloud.azure.identifiers == [])
    }
}

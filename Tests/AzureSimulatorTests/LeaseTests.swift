import AzureSimulator
import Foundation
import HTTPTypes
import JSONText
import Testing

/// The lease of a container, which serves as the lock of a deployment.
@Suite struct `Leases of containers` {
    private static let mine = "aaaaaaaa-1111-4111-8111-111111111111"
    private static let theirs = "bbbbbbbb-1111-4111-8111-111111111111"
    private static let path = "Microsoft.Storage/storageAccounts/files1/blobServices/default/containers/lock"
    private static let version = "2025-06-01"
    private var cloud: Cloud

    init() {
        cloud = Cloud()
        cloud.makeGroup()
        cloud.create("Microsoft.Storage/storageAccounts/files1", Self.version, Sound.storage)
        cloud.create(Self.path, Self.version, ["properties": [:]])
    }

    private mutating func lease(_ body: JSON, as client: SimulatedClient = Cloud.owner) -> AzureResponse {
        cloud.send(.post, cloud.address("\(Self.path)/lease", Self.version), body, as: client)
    }

    @discardableResult
    private mutating func acquire(_ id: String, seconds: Int = 60) -> AzureResponse {
        lease(["action": "Acquire", "leaseDuration": JSON(seconds), "proposedLeaseId": .string(id)])
    }

    private mutating func properties() -> JSON {
        cloud.send(.get, cloud.address(Self.path, Self.version)).json?["properties"] ?? [:]
    }

    /// What the same lease is through the data plane.
    private mutating func data(_ action: String, _ id: String) -> AzureResponse {
        cloud.send(
            .put,
            "https://files1.blob.core.windows.net/lock?restype=container&comp=lease",
            headers: [
                HTTPField.Name("x-ms-version") ?? .accept: "2024-11-04",
                HTTPField.Name("x-ms-lease-action") ?? .accept: action,
                HTTPField.Name("x-ms-lease-id") ?? .accept: id,
                HTTPField.Name("x-ms-proposed-lease-id") ?? .accept: id,
                HTTPField.Name("x-ms-lease-duration") ?? .accept: "15",
            ],
            audience: "https://storage.azure.com"
        )
    }

    @Test mutating func `whoever has the lease keeps others out, and tells so`() {
        #expect(properties()["leaseState"] == "Available")
        #expect(acquire(Self.mine).json == ["leaseId": .string(Self.mine)])
        let refused = acquire(Self.theirs)
        #expect(refused.status == .conflict)
        #expect(refused.code == "LeaseAlreadyPresent")
        #expect(properties()["leaseState"] == "Leased")
        #expect(properties()["leaseStatus"] == "Locked")
        #expect(properties()["leaseDuration"] == "Fixed")
        #expect(acquire(Self.mine).status == .ok)
        #expect(
            lease(["action": "Release", "leaseId": .string(Self.theirs)]).code == "LeaseIdMismatchWithLeaseOperation"
        )
        #expect(lease(["action": "Release", "leaseId": .string(Self.mine)]).status == .ok)
        #expect(acquire(Self.theirs, seconds: -1).status == .ok)
        #expect(properties()["leaseDuration"] == "Infinite")
    }

    @Test mutating func `a lease that is over can be renewed until somebody else has it`() {
        acquire(Self.mine, seconds: 15)
        cloud.advance(16)
        #expect(properties()["leaseState"] == "Expired")
        #expect(lease(["action": "Renew", "leaseId": .string(Self.mine)]).status == .ok)
        cloud.advance(16)
        #expect(acquire(Self.theirs).status == .ok)
        let late = lease(["action": "Renew", "leaseId": .string(Self.mine)])
        #expect(late.status == .conflict)
        #expect(late.code == "LeaseIdMismatchWithLeaseOperation")
    }

    @Test mutating func `a lease can be changed, and broken by anybody`() {
        acquire(Self.mine)
        let changed = lease([
            "action": "Change", "leaseId": .string(Self.mine), "proposedLeaseId": .string(Self.theirs),
        ])
        #expect(changed.json?["leaseId"]?.string == Self.theirs)
        let broken = lease(["action": "Break", "breakPeriod": 10])
        #expect(broken.json == ["leaseTimeSeconds": "10"])
        #expect(properties()["leaseState"] == "Breaking")
        cloud.advance(10)
        #expect(properties()["leaseState"] == "Broken")
        #expect(acquire(Self.mine).status == .ok)
    }

    @Test mutating func `both planes know the same lease`() {
        acquire(Self.mine)
        #expect(data("acquire", Self.theirs).header("x-ms-error-code") == "LeaseAlreadyPresent")
        #expect(data("renew", Self.mine).status == .ok)
        #expect(data("release", Self.mine).status == .ok)
        #expect(data("acquire", Self.theirs).status == .created)
        #expect(acquire(Self.mine).code == "LeaseAlreadyPresent")
    }

    @Test mutating func `a leased container is not deleted, and says who has it`() {
        acquire(Self.mine)
        let address = cloud.address(Self.path, Self.version)
        #expect(cloud.send(.patch, address, ["properties": ["metadata": ["owner": "me"]]]).status == .ok)
        #expect(properties()["metadata"] == ["owner": "me"])
        let refused = cloud.send(.delete, address)
        #expect(refused.status == .preconditionFailed)
        #expect(refused.code == "LeaseIdMissing")
        _ = lease(["action": "Break", "breakPeriod": 0])
        #expect(cloud.send(.delete, address).status == .ok)
    }

    @Test(
        arguments: [
            ["action": "Steal"], ["action": "Acquire"], ["action": "Acquire", "leaseDuration": 61],
            ["action": "Acquire", "leaseDuration": 60, "proposedLeaseId": "me"], ["action": "Renew"],
            ["action": "Break", "breakPeriod": 61],
        ] as [JSON]
    )
    func `what is no sound wish is refused`(body: JSON) {
        var copy = self
        let refused = copy.lease(body)
        #expect(refused.status == .badRequest)
        #expect(copy.properties()["leaseState"] == "Available")
    }

    @Test func `the lease needs the right to take it`() {
        let reader = SimulatedClient(
            clientID: "aaaaaaaa-0000-4000-8000-000000000003",
            objectID: "aaaaaaaa-0000-4000-8000-000000000004",
            roles: [.init("Reader")]
        )
        var cloud = Cloud { $0.clients.append(reader) }
        cloud.makeGroup()
        cloud.create("Microsoft.Storage/storageAccounts/files1", Self.version, Sound.storage)
        cloud.create(Self.path, Self.version, ["properties": [:]])
        let address = cloud.address("\(Self.path)/lease", Self.version)
        let body: JSON = ["action": "Acquire", "leaseDuration": 15]
        let refused = cloud.send(.post, address, body, as: reader)
        #expect(refused.code == "AuthorizationFailed")
        #expect(refused.message?.contains("blobServices/containers/lease/action") ?? false)
    }

    // MARK: Behind the back

    @Test mutating func `tests change and remove what is there, and the journal does not tell`() {
        let container = "\(cloud.group)/providers/\(Self.path)"
        let count = cloud.azure.journal.requestCount
        let writes = cloud.azure.journal.writeCount
        cloud.azure.edit(container.uppercased(), ["properties": ["publicAccess": "Blob"]], at: cloud.now)
        #expect(cloud.azure.body(of: container)?["properties"]?["publicAccess"] == "Blob")
        #expect(properties()["publicAccess"] == "Blob")
        #expect(cloud.azure.identifiers.contains(container))
        cloud.azure.remove(cloud.group, at: cloud.now)
        #expect(cloud.azure.identifiers == [])
        #expect(cloud.azure.body(of: cloud.group) == nil)
        #expect(cloud.azure.journal.requestCount == count + 1)
        #expect(cloud.azure.journal.writeCount == writes)
    }
}

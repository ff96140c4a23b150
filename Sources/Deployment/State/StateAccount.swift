import Azure
import JSONText
import Planning
import Renderers
import Settings

/// The storage account that a stack's deployments share: its container is the lock, and its key makes fingerprints.
///
/// It is an account of its own because it must be there before the first resource of the stack and until after the
/// last, and because not every stack has storage.
package struct StateAccount: Sendable {
    private static let container = "deployment"

    private let session: AzureSession
    let id: ResourceIdentifier
    let containerID: ResourceIdentifier
    private let stack: String

    /// Names the account of a stack; nothing is asked.
    ///
    /// - Throws: ``DeploymentError/unsoundIdentifier(_:)``
    package init(of stack: String, in session: AzureSession) throws(DeploymentError) {
        let name = "slipway" + ARMHash.uniqueString([session.scope.identifier, stack])
        guard let id = session.group.resource("Microsoft.Storage", "storageAccounts", name),
            let containerID = id.child("blobServices", "default")?.child("containers", Self.container)
        else { throw DeploymentError.unsoundIdentifier(session.scope.identifier) }
        self.session = session
        self.id = id
        self.containerID = containerID
        self.stack = stack
    }

    /// The container, whose lease is the lock; `nil` where nothing was ever deployed.
    func container() async throws -> JSON? {
        try await session.plane.get(containerID, apiVersion: ResourceType.blobContainer.apiVersion)
    }

    /// Makes what is missing, the group included.
    package func make() async throws {
        // Where there is the container, there is all that it is in.
        guard try await container() == nil else { return }
        try await makeGroup()
        if try await session.plane.get(id, apiVersion: ResourceType.storageAccount.apiVersion) == nil {
            let properties: JSON = [
                "accessTier": "Hot", "allowBlobPublicAccess": false, "allowCrossTenantReplication": false,
                "allowSharedKeyAccess": false, "minimumTlsVersion": "TLS1_2", "supportsHttpsTrafficOnly": true,
            ]
            let tags: JSON = [StackTag.name: .string(stack), "slipway-purpose": "deployment"]
            let body: JSON = [
                "location": .string(session.scope.location), "tags": tags, "sku": ["name": "Standard_LRS"],
                "kind": "StorageV2",
                "properties": properties,
            ]
            try await session.patiently {
                try await session.plane.put(id, body, apiVersion: ResourceType.storageAccount.apiVersion)
            }
        }
        let body: JSON = ["properties": ["publicAccess": "None"]]
        try await session.patiently {
            try await session.plane.put(containerID, body, apiVersion: ResourceType.blobContainer.apiVersion)
        }
    }

    /// A group that is made here is the stack's, and goes with it; one that was there stays.
    private func makeGroup() async throws {
        guard try await session.plane.group(session.group) == nil else { return }
        try await session.plane.putGroup(session.group, location: session.scope.location, tags: [StackTag.name: stack])
    }

    func remove() async throws {
        try await session.plane.delete(id, apiVersion: ResourceType.storageAccount.apiVersion)
    }

    /// What fingerprints of secrets are made with: whoever may read it may as well read the secrets.
    ///
    /// It is derived from the account's key, which Azure made, so that it is kept nowhere. A new key makes new
    /// fingerprints, and secrets are sent once more.
    ///
    /// Source: learn.microsoft.com/rest/api/storagerp/storage-accounts/list-keys
    func fingerprintKey() async throws -> [UInt8]? {
        let answer: JSON?
        do {
            answer = try await session.plane.post(
                "listKeys",
                to: id,
                apiVersion: ResourceType.storageAccount.apiVersion,
                isRepeatable: true
            )
        } catch let error as AzureError where error.isMissing {
            return nil
        }
        let key = answer?["keys"]?.array?.first { $0["keyName"]?.string == "key1" }?["value"]?.string
        return key.map { Array($0.utf8) }
    }
}

/// The tag by which resources tell whose they are.
enum StackTag {
    static let name = "slipway-stack"
}

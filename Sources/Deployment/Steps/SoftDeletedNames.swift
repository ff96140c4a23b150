import Azure
import JSONText
import Planning
import Renderers

/// What to do with a deleted vault or model account that still has the name of a new one.
///
/// Sources: learn.microsoft.com/azure/key-vault/general/soft-delete-overview,
/// learn.microsoft.com/azure/ai-services/recover-purge-resources
package enum SoftDeletedNames: String, Sendable, Hashable, CaseIterable {
    /// Bring it back, with all that was in it.
    case recover
    /// Remove it for good, and begin with an empty one.
    case purge

    /// Makes sure that a name can be used.
    ///
    /// - Parameters:
    ///   - id: What will be made.
    ///   - type: Its type.
    ///   - body: What it will be made with.
    ///   - session: Where.
    /// - Throws: Errors of Azure.
    func makeWay(
        for id: ResourceIdentifier,
        _ type: ResourceType,
        _ body: JSON,
        in session: AzureSession
    ) async throws {
        guard let tombstone = Tombstone(of: id, type, in: session), try await tombstone.exists(in: session) else {
            return
        }
        switch self {
        case .recover:
            let body = body.setting(tombstone.recovery.name, to: tombstone.recovery.value)
            try await session.plane.put(id, body, apiVersion: type.apiVersion, options: type.operation)
        case .purge: try await tombstone.purge(in: session)
        }
    }

    /// Removes for good what was deleted before, where it is of a type that stays.
    static func purge(_ id: ResourceIdentifier, _ type: ResourceType, in session: AzureSession) async throws {
        guard let tombstone = Tombstone(of: id, type, in: session), try await tombstone.exists(in: session) else {
            return
        }
        try await tombstone.purge(in: session)
    }
}

/// What stays of a deleted resource.
private struct Tombstone {
    let id: ResourceIdentifier
    private let type: ResourceType
    /// The property with which a resource is made again out of what stayed.
    let recovery: (name: String, value: JSON)

    init?(of id: ResourceIdentifier, _ type: ResourceType, in session: AzureSession) {
        let scope = session.scope
        let providers = "/subscriptions/\(scope.subscription)/providers"
        let place: String
        switch type {
        case .vault:
            place = "\(providers)/Microsoft.KeyVault/locations/\(scope.location)/deletedVaults"
            self.recovery = ("createMode", "recover")
        case .modelAccount:
            let location = "\(providers)/Microsoft.CognitiveServices/locations/\(scope.location)"
            place = "\(location)/resourceGroups/\(scope.resourceGroup)/deletedAccounts"
            self.recovery = ("restore", true)
        default: return nil
        }
        guard let tombstone = ResourceIdentifier("\(place)/\(id.name)") else { return nil }
        self.id = tombstone
        self.type = type
    }

    func exists(in session: AzureSession) async throws -> Bool {
        try await session.plane.get(id, apiVersion: type.apiVersion) != nil
    }

    func purge(in session: AzureSession) async throws {
        if type == .vault {
            try await session.plane.post("purge", to: id, apiVersion: type.apiVersion, isRepeatable: true)
        } else {
            try await session.plane.delete(id, apiVersion: type.apiVersion, options: type.operation)
        }
    }
}

extension JSON {
    /// The body of a resource with one more property.
    fileprivate func setting(_ name: String, to value: JSON) -> JSON {
        var members = members ?? []
        var properties = self["properties"]?.members ?? []
        properties.removeAll { $0.name == name }
        properties.append(Member(name, value))
        members.removeAll { $0.name == "properties" }
        return .object(members + [Member("properties", .object(properties))])
    }
}

import HTTPTypes
import JSONText
import Renderers

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// Vaults and model accounts that were deleted can be brought back, and keep their names until they are purged.
//
// Sources: learn.microsoft.com/azure/key-vault/general/soft-delete-overview,
// learn.microsoft.com/azure/ai-services/recover-purge-resources

extension SimulatedAzure {
    private static let day = 86_400.0
    /// How long a deleted model account stays.
    private static let modelDays = 2.0

    mutating func keepDeleted(_ resource: Resource, gone: [Resource], at now: Date) {
        let isVault = resource.facts.kind == .vault
        let properties = resource.body["properties"] ?? [:]
        let days = isVault ? Double(properties["softDeleteRetentionInDays"]?.integer ?? 90) : Self.modelDays
        let item = DeletedResources.Item(
            resource: resource,
            below: gone.filter { $0.identifier.parent?.key == resource.key },
            secrets: vaults.removeValue(forKey: resource.key) ?? VaultContents(),
            deletedAt: now,
            purgedAt: now.addingTimeInterval(days * Self.day),
            isProtected: properties["enablePurgeProtection"]?.bool ?? false
        )
        deleted.keep(item, as: isVault ? .vault : .modelAccount)
    }

    /// Lets a name be used again only by bringing back what had it.
    mutating func prepareSoftDeleted(_ resource: inout Resource, _ write: Write) throws(Refusal) {
        guard write.old == nil else {
            if write.old?.body["properties"]?["enablePurgeProtection"] == true,
                write.given["properties"]?["enablePurgeProtection"] != true
            {
                throw .badRequest("BadRequest", "The property \"enablePurgeProtection\" cannot be set to false.")
            }
            return
        }
        let isVault = resource.facts.kind == .vault
        let kind = isVault ? ManagementRoute.DeletedKind.vault : .modelAccount
        let properties = write.given["properties"] ?? [:]
        let wantsOld = isVault ? properties["createMode"] == "recover" : properties["restore"] == true
        guard let item = deleted[kind, resource.name] else {
            guard wantsOld else { return }
            throw .notFound("DeletedResourceNotFound", "There is no deleted resource '\(resource.name)' to recover.")
        }
        guard wantsOld else { throw Self.nameIsOfDeleted(resource, isVault) }
        guard item.resource.key == resource.key else {
            throw .conflict("ConflictError", "'\(resource.name)' was deleted as \(item.resource.identifier).")
        }
        deleted.remove(DeletedResources.Key(kind: kind, name: resource.name.lowercased()))
        if isVault { vaults[resource.key] = item.secrets }
        resource.body = resource.body.filled(with: item.resource.body)
        for child in item.below { store.insert(child) }
    }

    private static func nameIsOfDeleted(_ resource: Resource, _ isVault: Bool) -> Refusal {
        guard isVault else {
            let message = """
                An existing resource with ID '\(resource.identifier)' has been soft-deleted. To restore the resource, \
                you must specify 'restore' to be 'true' in the property. If you don't want to restore existing \
                resource, please purge it first.
                """
            return .conflict("FlagMustBeSetForRestore", message)
        }
        let message = """
            A vault with the same name already exists in deleted state. You need to either recover or purge existing \
            key vault.
            """
        return .conflict("ConflictError", message)
    }

    // MARK: Finding and purging

    mutating func deletedAnswer(
        _ kind: ManagementRoute.DeletedKind,
        _ name: ManagementRoute.DeletedName?,
        isPurge: Bool,
        _ call: Call
    ) throws(Refusal) -> AzureResponse {
        let type = kind == .vault ? ResourceType.vault : .modelAccount
        let scope = "/subscriptions/\(configuration.subscription)"
        try check(subscription: Place(call.request.path).subscription)
        try call.version(oneOf: [type.apiVersion], for: type.rawValue)
        let action = kind == .vault ? "Microsoft.KeyVault/deletedVaults" : "Microsoft.CognitiveServices/deletedAccounts"
        guard let name else {
            try authorize("\(action)/read", on: scope, call)
            return page(deleted.all(kind).map { view($0, kind) }, call)
        }
        guard let item = deleted[kind, name.name], item.resource.region == Region.plain(name.location) else {
            throw .notFound("DeletedResourceNotFound", "The deleted resource '\(name.name)' does not exist.")
        }
        switch (kind, call.request.method, isPurge) {
        case (_, .get, false):
            try authorize("\(action)/read", on: scope, call)
            return AzureResponse(.ok, json: view(item, kind))
        case (.vault, .post, true), (.modelAccount, .delete, false):
            try authorize("\(action)/\(kind == .vault ? "purge/action" : "delete")", on: scope, call)
            return try purge(item, kind, call)
        default: throw .methodNotAllowed(call.request.method, action)
        }
    }

    private mutating func purge(
        _ item: DeletedResources.Item,
        _ kind: ManagementRoute.DeletedKind,
        _ call: Call
    ) throws(Refusal) -> AzureResponse {
        guard !item.isProtected else {
            throw .badRequest("DeletedVaultPurge", "Purge is not allowed: purge protection is on.")
        }
        let key = item.resource.name.lowercased()
        if operations.holder(of: "purge/\(key)") != nil {
            throw .conflict("AnotherOperationInProgress", "\(key) is being purged.")
        }
        let facts = WriteFacts.long(202, .location, seconds: 20)
        let operation = begin(.purge(kind), of: key, facts, holds: ["purge/\(key)"], word: "Purging", call)
        noteWrite(item.resource.key, below: [], until: operation.end, call)
        let namespace = item.resource.identifier.namespace
        let address = address(of: operation, namespace: namespace, region: item.resource.region, call)
        return AzureResponse(.accepted, headers: headers(.location, address, operation, call))
    }

    private func view(_ item: DeletedResources.Item, _ kind: ManagementRoute.DeletedKind) -> JSON {
        let region = item.resource.region ?? ""
        let scope = "/subscriptions/\(configuration.subscription)/providers/\(item.resource.identifier.namespace)"
        let name = item.resource.name
        let end = JSON.string(item.purgedAt.formatted(.iso8601))
        let start = JSON.string(item.deletedAt.formatted(.iso8601))
        switch kind {
        case .vault:
            return [
                "id": .string("\(scope)/locations/\(region)/deletedVaults/\(name)"), "name": .string(name),
                "type": "Microsoft.KeyVault/deletedVaults",
                "properties": .compact([
                    "vaultId": .string(item.resource.identifier.description), "location": .string(region),
                    "deletionDate": start, "scheduledPurgeDate": end, "tags": item.resource.body["tags"],
                    "purgeProtectionEnabled": item.isProtected ? true : nil,
                ]),
            ]
        case .modelAccount:
            let group = Place(item.resource.identifier.scope).group ?? ""
            return [
                "id": .string("\(scope)/locations/\(region)/resourceGroups/\(group)/deletedAccounts/\(name)"),
                "name": .string(name), "type": "Microsoft.CognitiveServices/deletedAccounts",
                "location": .string(region), "properties": ["deletionDate": start, "scheduledPurgeDate": end],
            ]
        }
    }
}

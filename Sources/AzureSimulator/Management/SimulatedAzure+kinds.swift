import HTTPTypes
import JSONText
import Renderers

#if canImport(FoundationEssentials)
import struct FoundationEssentials.Date
#else
import struct Foundation.Date
#endif

// What some types do besides what all do: before they are kept, once they are, and when they are gone.

extension SimulatedAzure {
    /// Checks what only this type can have wrong, and completes the resource.
    mutating func prepare(_ resource: inout Resource, _ write: Write) throws(Refusal) {
        switch resource.facts.kind {
        case .roleAssignment: try prepareAssignment(&resource, write)
        case .vault, .modelAccount: try prepareSoftDeleted(&resource, write)
        case .secret: try prepareSecret(&resource, write)
        case .containerApp: resource.body = keepingSecrets(resource.body, write)
        case .workspace, .insights: resource.body = resource.body.removing("etag")
        case nil where resource.facts.name == TypeFacts.federatedCredential.name: try checkFederation(write)
        case nil: try checkTemplateSize(write)
        default: break
        }
    }

    /// Does what a resource brings about.
    mutating func didStore(_ resource: Resource, _ write: Write) {
        switch resource.facts.kind {
        case .roleAssignment: didAssign(resource, at: write.call.now)
        case .roleDefinition: access.define(resource.name, permissions(resource.body))
        case .identity where write.old == nil: addPrincipal(of: resource, at: write.call.now)
        case .vault where write.old == nil: vaults[resource.key] = vaults[resource.key] ?? VaultContents()
        case .storageAccount where write.old == nil:
            blobs[resource.key] = BlobAccount()
            tables[resource.key] = TableAccount()
        case .blobContainer where write.old == nil:
            changeAccount(of: resource) { blobs, _ in
                blobs.add(resource.name, tag: resource.tag, at: resource.createdAt)
            }
        case .table where write.old == nil: changeAccount(of: resource) { _, tables in tables.add(resource.name) }
        case .containerApp: addRevision(of: resource, at: write.call.now)
        default: break
        }
        let isNew = write.old == nil
        if isNew, resource.body["identity"]?["type"]?.string?.contains("SystemAssigned") ?? false {
            addPrincipal(of: resource, at: write.call.now)
        }
    }

    /// Undoes what a resource brought about.
    mutating func didRemove(_ resource: Resource, gone: [Resource], at now: Date) {
        switch resource.facts.kind {
        case .roleAssignment: access.take(assignment: resource.key, on: resource.identifier.scope)
        case .roleDefinition: access.define(resource.name, nil)
        case .identity: directory.remove(objectID: resource.principalID)
        case .vault, .modelAccount: keepDeleted(resource, gone: gone, at: now)
        case .storageAccount:
            blobs[resource.key] = nil
            tables[resource.key] = nil
        case .blobContainer: changeAccount(of: resource) { blobs, _ in blobs.remove(resource.name) }
        case .table: changeAccount(of: resource) { _, tables in tables.remove(resource.name) }
        case .databaseAccount: documents[resource.key] = nil
        case .databaseContainer:
            let account = resource.identifier.parent?.parent
            if let account { documents[account.key]?.containers[resource.key] = nil }
        case .containerApp: revisions[resource.key] = nil
        case .site: packages[resource.key] = nil
        default: break
        }
        if resource.body["identity"] != nil { directory.remove(objectID: resource.principalID) }
    }

    /// Changes the data of the account that a container or table is in.
    private mutating func changeAccount(
        of resource: Resource,
        _ change: (inout BlobAccount, inout TableAccount) -> Void
    ) {
        guard let account = resource.identifier.parent?.parent?.key else { return }
        change(&blobs[account, default: BlobAccount()], &tables[account, default: TableAccount()])
    }

    private mutating func addPrincipal(of resource: Resource, at now: Date) {
        let isHidden = faults.hidesPrincipal()
        directory.add(
            Directory.Principal(
                objectID: resource.principalID,
                clientID: resource.clientID,
                knownFrom: now.addingTimeInterval(paced(configuration.principalDelay)),
                findableFrom: now.addingTimeInterval(isHidden ? paced(configuration.faults.principalTime) : 0)
            )
        )
    }

    /// Values of secrets that a write leaves out stay what they were; secrets that it leaves out are gone.
    private func keepingSecrets(_ body: JSON, _ write: Write) -> JSON {
        let old = write.old?.body.value(at: "properties.configuration.secrets")?.array ?? []
        let values = Dictionary(
            old.compactMap { secret in
                secret["name"]?.string.flatMap { name in secret["value"].map { (name, $0) } }
            }
        ) { first, _ in first }
        return body.changing("properties.configuration.secrets.*") { secret in
            guard secret["value"] == nil, let name = secret["name"]?.string, let value = values[name] else {
                return secret
            }
            return secret.overlaid(by: ["value": value])
        }
    }

    // Source: learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-template-spec-too-large
    private func checkTemplateSize(_ write: Write) throws(Refusal) {
        let limit = 2 * 1024 * 1024
        guard write.call.request.body.count > limit else { return }
        throw .badRequest("TemplateSpecTooLarge", "The size of the template spec exceeds the limit of \(limit) bytes.")
    }

    /// Why a resource cannot become real although its body is sound.
    func provisioningProblem(of resource: Resource, at now: Date) -> Refusal? {
        guard resource.facts.kind == .containerApp, configuration.checksReferences else { return nil }
        let identities = resource.body["identity"]?["userAssignedIdentities"]?.members?.map(\.name) ?? []
        for secret in resource.body.value(at: "properties.configuration.secrets")?.array ?? [] {
            guard let address = secret["keyVaultUrl"]?.string else { continue }
            let identity = secret["identity"]?.string ?? ""
            let isOwn = identities.contains { $0.lowercased() == identity.lowercased() }
            let reader = identity == "system" ? resource.principalID : store[identity.lowercased()]?.principalID
            guard identity == "system" || isOwn, let reader, canRead(address, reader, at: now) else {
                return .conflict(
                    "ContainerAppSecretKeyVaultUrlInvalid",
                    "Unable to get value using Managed identity \(identity) for secret \(secret["name"]?.string ?? "")."
                )
            }
        }
        return nil
    }

    /// Whether somebody may read a secret that is there: `https://main.vault.azure.net/secrets/key`.
    private func canRead(_ address: String, _ reader: String, at now: Date) -> Bool {
        guard case .vault(let name, let path) = Plane(AzureRequest(.get, address)), path.count >= 2,
            let vault = store.resource(ResourceType.vault.rawValue, named: name),
            vaults[vault.key]?.current(path[1]) != nil
        else { return false }
        let scope = vault.identifier.child("secrets", path[1]).key
        return allowsSecret(.get, of: vault, scope: scope, by: reader, at: now)
    }
}

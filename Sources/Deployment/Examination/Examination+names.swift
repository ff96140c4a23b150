import Azure
import JSONText
import Renderers

// Names that are unique in all of Azure.

extension Examination {
    /// Whether the names of what is not there yet are free.
    func names() async throws -> [Finding] {
        let wanted = live.resources.filter { $0.document == nil }
        let deleted = try await deletedNames(among: wanted)
        let remaining = wanted.filter { !deleted.keys.contains($0.id.name.lowercased()) }
        let strangers = try await remaining.concurrentMap { try await taken($0) }.compactMap(\.self)
        let findings = deleted.values.sorted { $0.text < $1.text } + strangers
        return findings.isEmpty ? [Finding(.good, "No name that the stack needs is taken.")] : findings
    }

    // MARK: Deleted

    /// Names that deleted resources still have.
    ///
    /// Sources: learn.microsoft.com/rest/api/keyvault/vaults/list-deleted,
    /// learn.microsoft.com/azure/ai-services/recover-purge-resources
    private func deletedNames(among wanted: [LiveStack.Resource]) async throws -> [String: Finding] {
        var findings: [String: Finding] = [:]
        for (type, list) in [(ResourceType.vault, "deletedVaults"), (.modelAccount, "deletedAccounts")] {
            let names = Set(wanted.filter { $0.type == type }.map { $0.id.name.lowercased() })
            guard !names.isEmpty, let subscription = session.group.parent else { continue }
            let collection = "providers/\(type.namespace)/\(list)"
            for document in try await session.plane.list(collection, in: subscription, apiVersion: type.apiVersion) {
                guard let name = document["name"]?.string, names.contains(name.lowercased()) else { continue }
                findings[name.lowercased()] = deleted(name, type, document)
            }
        }
        return findings
    }

    private func deleted(_ name: String, _ type: ResourceType, _ document: JSON) -> Finding {
        let date = document["properties"]?["scheduledPurgeDate"]?.string.map { " until \($0.prefix(10))" } ?? ""
        return Finding(
            .warning,
            "The deleted \(type.rawValue) '\(name)' still has its name\(date), and `up` brings it back.",
            remedy: "To begin with an empty one, run `infra up` with --deleted-names purge."
        )
    }

    // MARK: Taken

    /// Asks whether a name is free; `nil` where it is, or where nobody can be asked.
    private func taken(_ resource: LiveStack.Resource) async throws -> Finding? {
        guard let type = resource.type.nameInCheck, let subscription = session.group.parent else { return nil }
        let path = "\(subscription.path)/providers/\(resource.type.namespace)/checkNameAvailability"
        let body: JSON = .compact(["name": .string(resource.id.name), "type": type.isEmpty ? nil : .string(type)])
        var request = AzureRequest(.post, .path(path, apiVersion: resource.type.apiVersion), body: body)
        request.isRepeatable = true
        let answer = try await session.plane.client.send(request).json()
        guard answer?["nameAvailable"]?.bool == false else { return nil }
        return Finding(
            .bad,
            "The name '\(resource.id.name)' of the \(resource.type.rawValue) is taken by somebody else.",
            remedy: "Choose another --resource-group: the end of such names follows from it."
        )
    }
}

extension ResourceType {
    /// How the provider's check calls the type; empty where it knows only one, `nil` where there is no such check.
    ///
    /// Sources: learn.microsoft.com/rest/api/keyvault/vaults/check-name-availability,
    /// learn.microsoft.com/rest/api/storagerp/storage-accounts/check-name-availability,
    /// learn.microsoft.com/rest/api/container-registry/registries/check-name-availability,
    /// learn.microsoft.com/rest/api/servicebus/namespaces/check-name-availability,
    /// learn.microsoft.com/rest/api/appservice/check-name-availability
    fileprivate var nameInCheck: String? {
        switch self {
        case .vault, .storageAccount, .registry: rawValue
        case .namespace: ""
        case .site: "Site"
        case .cache, .cacheDatabase, .cacheUser, .containerApp, .containerEnvironment, .databaseAccount, .database,
            .databaseContainer, .databaseUser, .diagnostics, .identity, .insights, .modelAccount, .modelDeployment,
            .plan, .publishingPolicy, .queue, .roleAssignment, .roleDefinition, .rule, .secret, .siteSettings,
            .blobService, .blobContainer, .tableService, .table, .subscription, .topic, .workspace, .image, .package:
            nil
        }
    }
}

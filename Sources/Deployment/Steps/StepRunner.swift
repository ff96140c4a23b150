import Azure
import JSONText
import Planning
import Renderers
import Settings

/// Carries out single steps: makes, changes and deletes one resource at a time, and waits for what passes by itself.
struct StepRunner: Sendable {
    let session: AzureSession
    let store: LiveStore
    let softDeleted: SoftDeletedNames
    let secrets: [SecretValue]
    /// Brings code along; `nil` where there is none in the plan.
    let delivery: CodeDelivery?
    /// What a request for a resource carries now, by identifier.
    let body: @Sendable (_ id: String) throws -> JSON
    let report: @Sendable (DeploymentEvent) -> Void

    /// Makes a resource, or changes it, and waits until that is done.
    func write(_ id: String, _ type: ResourceType) async throws {
        if type.isCode { try await delivery?.bring(id) } else { try await put(id, type) }
    }

    /// Waits until a container app runs what it was given.
    func verify(_ id: String) async throws {
        let watch = RevisionWatch(session: session, secrets: secrets, report: report)
        guard let document = store[id] else { return }
        store[id] = try await watch.ready(Self.identifier(id), document)
    }

    private func put(_ id: String, _ type: ResourceType) async throws {
        let identifier = try Self.identifier(id)
        let isNew = store[id] == nil
        try await session.patiently(report: report) {
            let body = try body(id)
            if isNew { try await softDeleted.makeWay(for: identifier, type, body, in: session) }
            let answer = try await session.plane.put(
                identifier,
                body,
                apiVersion: type.apiVersion,
                secrets: secrets,
                options: type.operation
            )
            if let answer { store[id] = answer } else { store[id] = try await read(id, type) }
        }
    }

    /// Deletes a resource, and waits until it is gone.
    func delete(_ id: String, _ type: ResourceType) async throws {
        let identifier = try Self.identifier(id)
        try await session.patiently(report: report) {
            switch type {
            case .secret: try await deleteSecret(identifier)
            // They come and go with what they belong to.
            case .blobService, .tableService, .siteSettings, .publishingPolicy, .roleDefinition, .image, .package: break
            case .cache, .cacheDatabase, .cacheUser, .containerApp, .containerEnvironment, .databaseAccount, .database,
                .databaseContainer, .databaseUser, .diagnostics, .identity, .insights, .modelAccount, .modelDeployment,
                .namespace, .plan, .queue, .registry, .roleAssignment, .rule, .site, .storageAccount, .blobContainer,
                .table, .subscription, .topic, .vault, .workspace:
                try await session.plane.delete(identifier, apiVersion: type.apiVersion, options: type.operation)
            }
        }
        store[id] = nil
    }

    // MARK: Steps

    private func read(_ id: String, _ type: ResourceType) async throws -> JSON? {
        try await LiveReader(session.plane).read(id, type)
    }

    /// Azure manages the secrets of a vault, but deletes them only by the vault's own interface.
    ///
    /// Source: learn.microsoft.com/rest/api/keyvault/secrets/delete-secret
    private func deleteSecret(_ id: ResourceIdentifier) async throws {
        guard let vault = id.parent?.name, let client = session.client(of: .keyVault, named: vault) else { return }
        let path = "/secrets/\(id.name)"
        do {
            _ = try await client.send(AzureRequest(.delete, .path(path, apiVersion: "7.5")))
        } catch let error as AzureError where error.isMissing {
            return
        }
    }

    private static func identifier(_ text: String) throws(DeploymentError) -> ResourceIdentifier {
        guard let identifier = ResourceIdentifier(text) else { throw .unsoundIdentifier(text) }
        return identifier
    }
}

extension ResourceType {
    /// How operations on resources of this type are followed.
    ///
    /// Caches and databases take long by themselves; what takes longer than this hangs.
    var operation: OperationOptions {
        var options = OperationOptions()
        switch self {
        case .cache, .cacheDatabase, .databaseAccount, .containerEnvironment: options.budget = .seconds(90 * 60)
        case .cacheUser, .containerApp, .database, .databaseContainer, .databaseUser, .diagnostics, .identity,
            .insights,
            .modelAccount, .modelDeployment, .namespace, .plan, .publishingPolicy, .queue, .registry, .roleAssignment,
            .roleDefinition, .rule, .secret, .site, .siteSettings, .storageAccount, .blobService, .blobContainer,
            .tableService, .table, .subscription, .topic, .vault, .workspace, .image, .package:
            options.budget = .seconds(30 * 60)
        }
        return options
    }
}

package import StackGraph

// Storage, vaults, caches, databases, models, registries and telemetry.

extension AzureLowering {
    mutating func addStorage(_ storage: StorageNode, _ id: ResourceID) {
        let account = symbol(id)
        add(
            ARMResource(
                symbol: account,
                type: .storageAccount,
                node: id,
                name: globalName(id.name),
                body: [
                    location, tags,
                    ARMMember("sku", .fields(["name": isZoneRedundant ? "Standard_ZRS" : "Standard_LRS"])),
                    ARMMember("kind", "StorageV2"),
                    ARMMember(
                        "properties",
                        .fields([
                            "accessTier": "Hot",
                            "allowBlobPublicAccess": false,
                            "allowCrossTenantReplication": false,
                            "allowSharedKeyAccess": false,
                            "defaultToOAuthAuthentication": true,
                            "minimumTlsVersion": "TLS1_2",
                            "supportsHttpsTrafficOnly": true,
                        ])
                    ),
                ]
            )
        )
        addBlobs(storage, account, id)
        addTables(storage.tables, account, id)
    }

    private mutating func addBlobs(_ storage: StorageNode, _ account: Symbol, _ id: ResourceID) {
        let blobs = symbol(id.name, "blobs")
        let week = ARMValue.fields(["enabled": true, "days": 7])
        add(
            ARMResource(
                symbol: blobs,
                type: .blobService,
                node: id,
                parent: account,
                name: "default",
                body: [
                    ARMMember(
                        "properties",
                        .fields(["deleteRetentionPolicy": week, "containerDeleteRetentionPolicy": week])
                    )
                ]
            )
        )
        addDiagnostics(of: blobs, logs: nil, metrics: "Transaction", node: id)
        let packages = (packageContainers[id] ?? []).filter { !storage.containers.contains($0) }
        for name in storage.containers + packages {
            add(
                ARMResource(
                    symbol: symbol(id.name, name, "container"),
                    type: .blobContainer,
                    node: id,
                    parent: blobs,
                    name: .string(name),
                    body: [ARMMember("properties", .fields(["publicAccess": "None"]))]
                )
            )
        }
    }

    private mutating func addTables(_ names: [String], _ account: Symbol, _ id: ResourceID) {
        guard !names.isEmpty else { return }
        // The service comes with the account; there is nothing to say about it.
        let tables = symbol(id.name, "tables")
        add(
            ARMResource(
                symbol: tables,
                type: .tableService,
                node: id,
                isExisting: true,
                parent: account,
                name: "default"
            )
        )
        for name in names {
            add(
                ARMResource(
                    symbol: symbol(id.name, name, "table"),
                    type: .table,
                    node: id,
                    parent: tables,
                    name: .string(name)
                )
            )
        }
    }

    mutating func addVault(_ store: SecretStoreNode, _ id: ResourceID) {
        let vault = symbol(id)
        add(
            ARMResource(
                symbol: vault,
                type: .vault,
                node: id,
                name: globalName("\(id)-"),
                body: [
                    location, tags,
                    ARMMember(
                        "properties",
                        .fields([
                            "tenantId": .call(.tenant, property: ["tenantId"]),
                            "sku": .fields(["family": "A", "name": "standard"]),
                            "enableRbacAuthorization": true,
                            "enableSoftDelete": true,
                            "softDeleteRetentionInDays": isZoneRedundant ? 90 : 7,
                            // It cannot be switched off again, so a stack that comes and goes does without.
                            "enablePurgeProtection": isZoneRedundant ? true : nil,
                        ])
                    ),
                ]
            )
        )
        addDiagnostics(of: vault, logs: "audit", node: id)
        for secret in store.secrets { addSecret(secret, vault, id) }
        addOutput(id.name, "uri", description: "The address of the vault.", value: vault.property("vaultUri"))
    }

    private mutating func addSecret(_ secret: SecretNode, _ vault: Symbol, _ id: ResourceID) {
        let value = addParameter(for: secret)
        add(
            ARMResource(
                symbol: secretSymbol(secret, in: id),
                type: .secret,
                node: id,
                parent: vault,
                name: .string(secret.nameInVault),
                body: [ARMMember("properties", .fields(["contentType": "text/plain", "value": value]))]
            )
        )
    }

    mutating func secretSymbol(_ secret: SecretNode, in store: ResourceID) -> Symbol {
        symbol(store.name, secret.name, "secret")
    }

    mutating func addRegistry(_ id: ResourceID) {
        let registry = symbol(id)
        add(
            ARMResource(
                symbol: registry,
                type: .registry,
                node: id,
                name: globalName(id.name),
                body: [
                    location, tags,
                    ARMMember("sku", .fields(["name": "Basic"])),
                    ARMMember("properties", .fields(["adminUserEnabled": false, "anonymousPullEnabled": false])),
                ]
            )
        )
        addDiagnostics(of: registry, logs: "audit", node: id)
        addOutput(
            id.name,
            "server",
            description: "Where images are pushed to.",
            value: registry.property("loginServer")
        )
    }

    mutating func addTelemetry(_ telemetry: TelemetryNode, _ id: ResourceID) {
        let workspace = add(
            ARMResource(
                symbol: symbol(id),
                type: .workspace,
                node: id,
                name: .string(id.name),
                body: [
                    location, tags,
                    ARMMember(
                        "properties",
                        .fields([
                            "sku": .fields(["name": "PerGB2018"]),
                            "retentionInDays": .integer(telemetry.retentionDays),
                            "features": .fields(["disableLocalAuth": true]),
                        ])
                    ),
                ]
            )
        )
        add(
            ARMResource(
                symbol: insightsSymbol(id),
                type: .insights,
                node: id,
                name: .string(id.name),
                body: [
                    location, tags,
                    ARMMember("kind", "web"),
                    ARMMember(
                        "properties",
                        .fields([
                            "Application_Type": "web",
                            "DisableLocalAuth": true,
                            "IngestionMode": "LogAnalytics",
                            "WorkspaceResourceId": workspace.id,
                        ])
                    ),
                ]
            )
        )
    }

    mutating func insightsSymbol(_ id: ResourceID) -> Symbol { symbol(id.name, "insights") }
}

extension SecretNode {
    /// A vault takes no underscores.
    ///
    /// Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftkeyvault
    package var nameInVault: String { String(name.map { $0 == "_" ? "-" : $0 }) }
}

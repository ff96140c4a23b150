import StackGraph

// Caches, databases and models.

extension AzureLowering {
    mutating func addCache(_ id: ResourceID) {
        let cache = symbol(id)
        add(
            ARMResource(
                symbol: cache,
                type: .cache,
                node: id,
                name: globalName("\(id)-"),
                body: [
                    location, tags,
                    ARMMember("sku", .fields(["name": "Balanced_B0"])),
                    ARMMember(
                        "properties",
                        .fields([
                            "highAvailability": isZoneRedundant ? "Enabled" : "Disabled",
                            "minimumTlsVersion": "1.2",
                            "publicNetworkAccess": "Enabled",
                        ])
                    ),
                ]
            )
        )
        add(
            ARMResource(
                symbol: cacheDatabaseSymbol(id),
                type: .cacheDatabase,
                node: id,
                parent: cache,
                name: "default",
                body: [
                    ARMMember(
                        "properties",
                        .fields([
                            "accessKeysAuthentication": "Disabled",
                            "clientProtocol": "Encrypted",
                            // One address for clients that know nothing of clusters.
                            "clusteringPolicy": "EnterpriseCluster",
                            "evictionPolicy": "VolatileLRU",
                            "port": 10000,
                        ])
                    )
                ]
            )
        )
        addDiagnostics(of: cache, logs: nil, node: id)
    }

    mutating func cacheDatabaseSymbol(_ id: ResourceID) -> Symbol { symbol(id.name, "database") }

    mutating func addDatabase(_ database: DatabaseNode, _ id: ResourceID) {
        let account = symbol(id)
        let region = ARMValue.fields([
            "locationName": .parameter("location"), "failoverPriority": 0, "isZoneRedundant": .bool(isZoneRedundant),
        ])
        add(
            ARMResource(
                symbol: account,
                type: .databaseAccount,
                node: id,
                name: globalName("\(id)-"),
                body: [
                    location, tags,
                    ARMMember("kind", "GlobalDocumentDB"),
                    ARMMember(
                        "properties",
                        .fields([
                            "databaseAccountOfferType": "Standard",
                            "capabilities": [.fields(["name": "EnableServerless"])],
                            "disableKeyBasedMetadataWriteAccess": true,
                            "disableLocalAuth": true,
                            "locations": [region],
                            "minimalTlsVersion": "Tls12",
                        ])
                    ),
                ]
            )
        )
        addDiagnostics(of: account, logs: "audit", metrics: "Requests", node: id)
        let inner = add(
            ARMResource(
                symbol: symbol(id.name, "database"),
                type: .database,
                node: id,
                parent: account,
                name: .string(id.name),
                body: [ARMMember("properties", .fields(["resource": .fields(["id": .string(id.name)])]))]
            )
        )
        for container in database.containers { addDatabaseContainer(container, inner, id) }
    }

    private mutating func addDatabaseContainer(
        _ container: DatabaseNode.Container,
        _ database: Symbol,
        _ id: ResourceID
    ) {
        let resource = ARMValue.fields([
            "id": .string(container.name),
            "partitionKey": .fields(["kind": "Hash", "paths": [.string(container.partitionKey)], "version": 2]),
        ])
        add(
            ARMResource(
                symbol: symbol(id.name, container.name, "container"),
                type: .databaseContainer,
                node: id,
                parent: database,
                name: .string(container.name),
                body: [ARMMember("properties", .fields(["resource": resource]))]
            )
        )
    }

    mutating func addModel(_ model: ModelNode, _ id: ResourceID) {
        let account = symbol(id)
        add(
            ARMResource(
                symbol: account,
                type: .modelAccount,
                node: id,
                name: globalName("\(id)-"),
                body: [
                    location, tags,
                    ARMMember("sku", .fields(["name": "S0"])),
                    ARMMember("kind", "OpenAI"),
                    ARMMember(
                        "properties",
                        .fields([
                            // Tokens of identities are taken only under a name of the account's own.
                            "customSubDomainName": globalName("\(id)-"),
                            "disableLocalAuth": true,
                            "publicNetworkAccess": "Enabled",
                        ])
                    ),
                ]
            )
        )
        addDiagnostics(of: account, logs: "audit", node: id)
        let kind = ARMValue.fields([
            "format": "OpenAI", "name": .string(model.model), "version": .string(model.version),
        ])
        add(
            ARMResource(
                symbol: symbol(id.name, "deployment"),
                type: .modelDeployment,
                node: id,
                parent: account,
                name: .string(id.name),
                body: [
                    ARMMember("sku", .fields(["name": "GlobalStandard", "capacity": .integer(model.capacity)])),
                    ARMMember("properties", .fields(["model": kind, "versionUpgradeOption": "NoAutoUpgrade"])),
                ]
            )
        )
    }
}

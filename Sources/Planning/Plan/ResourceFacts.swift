package import Renderers

/// What a comparison with a living resource must know of its type, beside what the resource itself shows.
///
/// Paths have names parted by dots, and `[]` for any element of an array.
package struct ResourceFacts: Sendable, Hashable {
    /// Properties that only a new resource can have otherwise.
    package var fixed: Set<String> = []
    /// Properties that Azure takes and never shows.
    package var unreadable: Set<String> = []
    /// Properties whose words Azure gives back in capitals of its own.
    package var respelled: Set<String> = []
    /// Properties below `properties` that cannot be taken back once they are set.
    package var irrevocable: Set<String> = []
    /// Properties that name a resource which cannot be deleted meanwhile.
    package var keeps: Set<String> = []
    package var lane = Lane.family
    /// Children that come with the resource and that nobody made: `rules/$Default`; `*` is any name.
    package var ownChildren: Set<String> = []

    /// What is busy while a resource is written, so that no other write of it may begin.
    package enum Lane: Sendable, Hashable {
        /// The resource at the top of its family: a namespace with all its queues, a site with its settings.
        case family
        /// The resource that this property names.
        case named(by: String)
        case nothing
    }
}

extension ResourceType {
    /// The facts for the properties that templates of stacks write.
    ///
    /// Source, where none is named: `x-ms-mutability`, `writeOnly` and the known values of the type definitions in
    /// Azure/bicep-types-az, commit 1f896de (2026-08-20), and the specifications that they are made of.
    package var facts: ResourceFacts { Self.allFacts[self] ?? completeFacts }

    /// Asked for with every property, so made once.
    private static let allFacts = Dictionary(uniqueKeysWithValues: allCases.map { ($0, $0.completeFacts) })

    private var completeFacts: ResourceFacts {
        var facts = ownFacts
        facts.fixed.insert("location")
        facts.respelled.formUnion(["location", "kind", "sku.name", "sku.tier", "identity.type"])
        return facts
    }

    private var ownFacts: ResourceFacts {
        switch self {
        case .cache:
            ResourceFacts(respelled: ["properties.highAvailability", "properties.publicNetworkAccess"])
        case .cacheDatabase:
            // Source: learn.microsoft.com/azure/redis/architecture#cluster-policies
            ResourceFacts(
                fixed: ["properties.clusteringPolicy"],
                respelled: [
                    "properties.accessKeysAuthentication", "properties.clientProtocol", "properties.clusteringPolicy",
                    "properties.evictionPolicy",
                ]
            )
        case .containerApp:
            // Source: github.com/microsoft/azure-container-apps/issues/701
            ResourceFacts(
                fixed: ["properties.environmentId"],
                respelled: [
                    "properties.configuration.activeRevisionsMode", "properties.configuration.ingress.transport",
                    "properties.template.containers[].probes[].type", "properties.template.volumes[].storageType",
                ],
                keeps: ["properties.environmentId"],
                lane: .named(by: "properties.environmentId")
            )
        case .databaseAccount:
            ResourceFacts(
                fixed: ["kind"],
                respelled: ["properties.databaseAccountOfferType", "properties.minimalTlsVersion"],
                // Source: learn.microsoft.com/azure/cosmos-db/nosql/security/reference-data-plane-roles
                ownChildren: [
                    "sqlRoleDefinitions/00000000-0000-0000-0000-000000000001",
                    "sqlRoleDefinitions/00000000-0000-0000-0000-000000000002",
                ]
            )
        case .databaseContainer:
            // Source: learn.microsoft.com/azure/cosmos-db/partitioning-overview
            ResourceFacts(
                fixed: ["properties.resource.partitionKey.paths"],
                respelled: ["properties.resource.partitionKey.kind"]
            )
        case .insights:
            ResourceFacts(
                fixed: ["properties.Application_Type"],
                respelled: ["properties.Application_Type", "properties.IngestionMode"]
            )
        case .modelAccount: ResourceFacts(fixed: ["kind"], respelled: ["properties.publicNetworkAccess"])
        case .modelDeployment: ResourceFacts(respelled: ["properties.versionUpgradeOption"])
        case .namespace: ResourceFacts(ownChildren: ["authorizationRules/RootManageSharedAccessKey"])
        case .plan: ResourceFacts(fixed: ["properties.reserved"])
        // Source: learn.microsoft.com/azure/service-bus-messaging/duplicate-detection#enable-duplicate-detection
        case .queue, .topic: ResourceFacts(fixed: ["properties.requiresDuplicateDetection"])
        case .roleAssignment:
            // Source: learn.microsoft.com/rest/api/authorization/role-assignments/create
            ResourceFacts(
                fixed: ["properties.principalId", "properties.roleDefinitionId"],
                respelled: ["properties.principalType"],
                lane: .nothing
            )
        case .rule: ResourceFacts(respelled: ["properties.filterType"])
        case .secret: ResourceFacts(unreadable: ["properties.value"])
        case .site:
            // Source: learn.microsoft.com/azure/app-service/app-service-plan-manage#delete
            ResourceFacts(
                unreadable: ["properties.siteConfig"],
                respelled: [
                    "properties.functionAppConfig.deployment.storage.authentication.type",
                    "properties.functionAppConfig.deployment.storage.type",
                    "properties.functionAppConfig.runtime.name",
                ],
                keeps: ["properties.serverFarmId"],
                ownChildren: [
                    "basicPublishingCredentialsPolicies/*", "config/*", "functions/*", "hostNameBindings/*",
                ]
            )
        // Source: learn.microsoft.com/azure/service-bus-messaging/topic-filters
        case .subscription: ResourceFacts(ownChildren: ["rules/$Default"])
        case .storageAccount:
            ResourceFacts(
                fixed: ["kind"],
                respelled: ["properties.accessTier", "properties.minimumTlsVersion"],
                ownChildren: [
                    "blobServices/default", "fileServices/default", "queueServices/default", "tableServices/default",
                ]
            )
        case .blobContainer: ResourceFacts(respelled: ["properties.publicAccess"])
        case .vault:
            // Source: learn.microsoft.com/azure/key-vault/general/soft-delete-overview#purge-protection
            ResourceFacts(
                respelled: ["properties.sku.family", "properties.sku.name"],
                irrevocable: ["enablePurgeProtection"]
            )
        case .workspace: ResourceFacts(respelled: ["properties.sku.name"])
        // Images travel side by side; a site takes its package while nothing else is done to it.
        case .image: ResourceFacts(lane: .nothing)
        case .package, .blobService, .cacheUser, .containerEnvironment, .database, .databaseUser, .diagnostics,
            .identity,
            .publishingPolicy, .registry, .roleDefinition, .siteSettings, .table, .tableService:
            ResourceFacts()
        }
    }
}

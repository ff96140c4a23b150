/// The types of Azure resources that stacks use, each with the version of its contract.
///
/// Two of them are what resources hold and no template can say: the images in a registry, and the package of a site.
/// They are planned like resources, and reach Azure by protocols of their own.
///
/// Source of the versions: the type definitions of Azure/bicep-types-az, commit 1f896de (2026-08-20).
package enum ResourceType: String, Sendable, Hashable, CaseIterable {
    case cache = "Microsoft.Cache/redisEnterprise"
    case cacheDatabase = "Microsoft.Cache/redisEnterprise/databases"
    case cacheUser = "Microsoft.Cache/redisEnterprise/databases/accessPolicyAssignments"
    case containerApp = "Microsoft.App/containerApps"
    case containerEnvironment = "Microsoft.App/managedEnvironments"
    case databaseAccount = "Microsoft.DocumentDB/databaseAccounts"
    case database = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases"
    case databaseContainer = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers"
    case databaseUser = "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments"
    case diagnostics = "Microsoft.Insights/diagnosticSettings"
    case identity = "Microsoft.ManagedIdentity/userAssignedIdentities"
    case insights = "Microsoft.Insights/components"
    case modelAccount = "Microsoft.CognitiveServices/accounts"
    case modelDeployment = "Microsoft.CognitiveServices/accounts/deployments"
    case namespace = "Microsoft.ServiceBus/namespaces"
    case plan = "Microsoft.Web/serverfarms"
    case publishingPolicy = "Microsoft.Web/sites/basicPublishingCredentialsPolicies"
    case queue = "Microsoft.ServiceBus/namespaces/queues"
    case registry = "Microsoft.ContainerRegistry/registries"
    case roleAssignment = "Microsoft.Authorization/roleAssignments"
    case roleDefinition = "Microsoft.Authorization/roleDefinitions"
    case rule = "Microsoft.ServiceBus/namespaces/topics/subscriptions/rules"
    case secret = "Microsoft.KeyVault/vaults/secrets"
    case site = "Microsoft.Web/sites"
    case siteSettings = "Microsoft.Web/sites/config"
    case storageAccount = "Microsoft.Storage/storageAccounts"
    case blobService = "Microsoft.Storage/storageAccounts/blobServices"
    case blobContainer = "Microsoft.Storage/storageAccounts/blobServices/containers"
    case tableService = "Microsoft.Storage/storageAccounts/tableServices"
    case table = "Microsoft.Storage/storageAccounts/tableServices/tables"
    case subscription = "Microsoft.ServiceBus/namespaces/topics/subscriptions"
    case topic = "Microsoft.ServiceBus/namespaces/topics"
    case vault = "Microsoft.KeyVault/vaults"
    case workspace = "Microsoft.OperationalInsights/workspaces"
    case image = "Microsoft.ContainerRegistry/registries/images"
    case package = "Microsoft.Web/sites/packages"

    /// Whether it is code that a resource holds, and no resource of Azure Resource Manager.
    package var isCode: Bool { self == .image || self == .package }

    package var apiVersion: String {
        switch self {
        case .cache, .cacheDatabase, .cacheUser, .containerApp, .containerEnvironment, .workspace: "2025-07-01"
        case .databaseAccount, .database, .databaseContainer, .databaseUser: "2025-10-15"
        case .diagnostics: "2021-05-01-preview"
        case .identity: "2024-11-30"
        case .insights: "2020-02-02"
        case .modelAccount, .modelDeployment: "2025-09-01"
        case .namespace, .queue, .rule, .subscription, .topic: "2024-01-01"
        case .plan, .publishingPolicy, .site, .siteSettings: "2025-03-01"
        case .registry: "2025-11-01"
        case .roleAssignment, .roleDefinition: "2022-04-01"
        case .secret, .vault: "2025-05-01"
        case .storageAccount, .blobService, .blobContainer, .tableService, .table: "2025-06-01"
        // Their protocols have no such thing.
        case .image, .package: ""
        }
    }

    /// How many segments the name of a resource of this type has.
    package var depth: Int { rawValue.count { $0 == "/" } }
}

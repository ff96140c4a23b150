import Renderers

extension ResourceType {
    /// What a person calls a resource of this type.
    var words: String {
        switch self {
        case .cache: "Redis cache"
        case .cacheDatabase: "Redis database"
        case .cacheUser: "Redis user"
        case .containerApp: "container app"
        case .containerEnvironment: "container environment"
        case .databaseAccount: "Cosmos DB account"
        case .database: "Cosmos DB database"
        case .databaseContainer: "Cosmos DB container"
        case .databaseUser: "Cosmos DB role assignment"
        case .diagnostics: "diagnostic setting"
        case .identity: "managed identity"
        case .insights: "Application Insights"
        case .modelAccount: "Azure OpenAI account"
        case .modelDeployment: "model deployment"
        case .namespace: "Service Bus namespace"
        case .plan: "function plan"
        case .publishingPolicy: "publishing policy"
        case .queue: "queue"
        case .registry: "container registry"
        case .roleAssignment: "role assignment"
        case .roleDefinition: "role definition"
        case .rule: "subscription rule"
        case .secret: "secret"
        case .site: "function app"
        case .siteSettings: "function app settings"
        case .storageAccount: "storage account"
        case .blobService: "blob service"
        case .blobContainer: "blob container"
        case .tableService: "table service"
        case .table: "table"
        case .subscription: "topic subscription"
        case .topic: "topic"
        case .vault: "key vault"
        case .workspace: "log workspace"
        case .image: "image"
        case .package: "package"
        }
    }
}

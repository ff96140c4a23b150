import StackGraph

/// The roles of Azure that grants turn into.
///
/// Source: learn.microsoft.com/azure/role-based-access-control/built-in-roles
package enum BuiltInRole: String, Sendable, Hashable, CaseIterable {
    case acrPull = "AcrPull"
    case keyVaultSecretsUser = "Key Vault Secrets User"
    case monitoringMetricsPublisher = "Monitoring Metrics Publisher"
    case openAIUser = "Cognitive Services OpenAI User"
    case serviceBusDataReceiver = "Azure Service Bus Data Receiver"
    case serviceBusDataSender = "Azure Service Bus Data Sender"
    case storageBlobDataContributor = "Storage Blob Data Contributor"
    case storageBlobDataOwner = "Storage Blob Data Owner"
    case storageBlobDataReader = "Storage Blob Data Reader"
    case storageQueueDataContributor = "Storage Queue Data Contributor"
    case storageTableDataContributor = "Storage Table Data Contributor"
    case storageTableDataReader = "Storage Table Data Reader"

    package var identifier: String {
        switch self {
        case .acrPull: "7f951dda-4ed3-4680-a7ca-43fe172d538d"
        case .keyVaultSecretsUser: "4633458b-17de-408a-b874-0445c86b69e6"
        case .monitoringMetricsPublisher: "3913510d-42f4-4e42-8a64-420c390055eb"
        case .openAIUser: "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"
        case .serviceBusDataReceiver: "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0"
        case .serviceBusDataSender: "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39"
        case .storageBlobDataContributor: "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
        case .storageBlobDataOwner: "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"
        case .storageBlobDataReader: "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
        case .storageQueueDataContributor: "974c5e8b-45b9-4653-ba55-5f855dd0fb88"
        case .storageTableDataContributor: "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"
        case .storageTableDataReader: "76199698-9eea-4c19-bc75-cec21354c6b6"
        }
    }
}

/// How Azure lets an identity do what a role of the graph says.
enum Permission {
    case roles([BuiltInRole])
    /// A user of the cache's own access list.
    case cacheUser
    /// A role of the database's own, by the end of its identifier.
    case databaseRole(String)
}

extension Role {
    /// Whether Azure uses the permission itself while it creates an app; services find out about the others by trying
    /// again.
    var isNeededToCreate: Bool {
        switch self {
        case .hostFunctions, .pullImages, .readSecret: true
        case .readBlobs, .readDocuments, .readTables, .receiveMessages, .sendMessages, .useCache, .useModel,
            .writeBlobs, .writeDocuments, .writeTables, .writeTelemetry:
            false
        }
    }

    /// The least that Azure offers for this.
    var permission: Permission {
        switch self {
        // Source: learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
        case .hostFunctions:
            .roles([.storageBlobDataOwner, .storageQueueDataContributor, .storageTableDataContributor])
        case .pullImages: .roles([.acrPull])
        case .readBlobs: .roles([.storageBlobDataReader])
        case .readSecret: .roles([.keyVaultSecretsUser])
        case .readTables: .roles([.storageTableDataReader])
        case .receiveMessages: .roles([.serviceBusDataReceiver])
        case .sendMessages: .roles([.serviceBusDataSender])
        case .useCache: .cacheUser
        case .useModel: .roles([.openAIUser])
        case .writeBlobs: .roles([.storageBlobDataContributor])
        case .writeTables: .roles([.storageTableDataContributor])
        case .writeTelemetry: .roles([.monitoringMetricsPublisher])
        // Source: learn.microsoft.com/azure/cosmos-db/nosql/security/reference-data-plane-roles
        case .readDocuments: .databaseRole("00000000-0000-0000-0000-000000000001")
        case .writeDocuments: .databaseRole("00000000-0000-0000-0000-000000000002")
        }
    }
}

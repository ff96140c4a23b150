import JSONText

/// What a role allows: patterns of actions, `Microsoft.KeyVault/vaults/secrets/*`.
///
/// Source: learn.microsoft.com/azure/role-based-access-control/role-definitions
struct RolePermissions: Sendable, Hashable {
    var actions: [String] = []
    var notActions: [String] = []
    var dataActions: [String] = []
    var notDataActions: [String] = []

    func allows(_ action: Action) -> Bool {
        switch action {
        case .management(let name): Self.matches(name, actions) && !Self.matches(name, notActions)
        case .data(let name): Self.matches(name, dataActions) && !Self.matches(name, notDataActions)
        }
    }

    private static func matches(_ name: String, _ patterns: [String]) -> Bool {
        patterns.contains { Wildcard($0).matches(name) }
    }
}

/// Something that a caller wants to do.
enum Action: Sendable, Hashable, CustomStringConvertible {
    case management(String)
    case data(String)

    var description: String {
        switch self {
        case .management(let name), .data(let name): name
        }
    }
}

/// A pattern in which `*` stands for any text; case makes no difference.
struct Wildcard {
    private let parts: [Substring]

    init(_ pattern: String) {
        self.parts = pattern.lowercased().split(separator: "*", omittingEmptySubsequences: false)
    }

    func matches(_ text: String) -> Bool {
        var rest = text.lowercased()[...]
        guard let first = parts.first, let last = parts.last, rest.hasPrefix(first) else { return false }
        if parts.count == 1 { return rest == first }
        rest = rest.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let place = rest.firstRange(of: part) else { return false }
            rest = rest[place.upperBound...]
        }
        return rest.hasSuffix(last)
    }
}

/// A role that Azure brings along.
///
/// Source: learn.microsoft.com/azure/role-based-access-control/built-in-roles
struct BuiltInDefinition: Sendable, Hashable {
    let name: String
    let identifier: String
    let permissions: RolePermissions

    private init(_ name: String, _ identifier: String, _ permissions: RolePermissions) {
        self.name = name
        self.identifier = identifier
        self.permissions = permissions
    }

    private static let blobs = "Microsoft.Storage/storageAccounts/blobServices/containers"
    private static let tables = "Microsoft.Storage/storageAccounts/tableServices/tables"
    private static let queues = "Microsoft.Storage/storageAccounts/queueServices/queues"
    private static let secrets = "Microsoft.KeyVault/vaults/secrets"

    static let all: [BuiltInDefinition] = management + vaults + storage + others

    private static let management = [
        BuiltInDefinition("Owner", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", RolePermissions(actions: ["*"])),
        BuiltInDefinition(
            "Contributor",
            "b24988ac-6180-42a0-ab88-20f7382dd24c",
            RolePermissions(
                actions: ["*"],
                notActions: ["Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write"]
            )
        ),
        BuiltInDefinition("Reader", "acdd72a7-3385-48ef-bd42-f606fba81ae7", RolePermissions(actions: ["*/read"])),
        BuiltInDefinition(
            "User Access Administrator",
            "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
            RolePermissions(actions: ["*/read", "Microsoft.Authorization/*"])
        ),
        BuiltInDefinition(
            "Role Based Access Control Administrator",
            "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
            RolePermissions(
                actions: [
                    "Microsoft.Authorization/roleAssignments/write", "Microsoft.Authorization/roleAssignments/delete",
                    "*/read",
                ]
            )
        ),
    ]

    private static let vaults = [
        BuiltInDefinition(
            "Key Vault Administrator",
            "00482a5a-887f-4fb3-b363-3b7fe8e74483",
            RolePermissions(dataActions: ["Microsoft.KeyVault/vaults/*"])
        ),
        BuiltInDefinition(
            "Key Vault Secrets Officer",
            "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
            RolePermissions(dataActions: ["\(secrets)/*"])
        ),
        BuiltInDefinition(
            "Key Vault Secrets User",
            "4633458b-17de-408a-b874-0445c86b69e6",
            RolePermissions(dataActions: ["\(secrets)/getSecret/action", "\(secrets)/readMetadata/action"])
        ),
    ]

    private static let storage = [
        BuiltInDefinition(
            "Storage Blob Data Owner",
            "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
            RolePermissions(actions: ["\(blobs)/*"], dataActions: ["\(blobs)/blobs/*"])
        ),
        BuiltInDefinition(
            "Storage Blob Data Contributor",
            "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
            RolePermissions(
                actions: ["\(blobs)/delete", "\(blobs)/read", "\(blobs)/write"],
                dataActions: ["\(blobs)/blobs/delete", "\(blobs)/blobs/read", "\(blobs)/blobs/write"]
            )
        ),
        BuiltInDefinition(
            "Storage Blob Data Reader",
            "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
            RolePermissions(actions: ["\(blobs)/read"], dataActions: ["\(blobs)/blobs/read"])
        ),
        BuiltInDefinition(
            "Storage Table Data Contributor",
            "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
            RolePermissions(
                actions: ["\(tables)/read", "\(tables)/write", "\(tables)/delete"],
                dataActions: ["\(tables)/entities/*"]
            )
        ),
        BuiltInDefinition(
            "Storage Table Data Reader",
            "76199698-9eea-4c19-bc75-cec21354c6b6",
            RolePermissions(actions: ["\(tables)/read"], dataActions: ["\(tables)/entities/read"])
        ),
        BuiltInDefinition(
            "Storage Queue Data Contributor",
            "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
            RolePermissions(actions: ["\(queues)/*"], dataActions: ["\(queues)/messages/*"])
        ),
    ]

    private static let others = [
        BuiltInDefinition(
            "AcrPull",
            "7f951dda-4ed3-4680-a7ca-43fe172d538d",
            RolePermissions(actions: ["Microsoft.ContainerRegistry/registries/pull/read"])
        ),
        BuiltInDefinition(
            "AcrPush",
            "8311e382-0749-4cb8-b61a-304f252e45ec",
            RolePermissions(
                actions: [
                    "Microsoft.ContainerRegistry/registries/pull/read",
                    "Microsoft.ContainerRegistry/registries/push/write",
                ]
            )
        ),
        BuiltInDefinition(
            "Azure Service Bus Data Sender",
            "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39",
            RolePermissions(dataActions: ["Microsoft.ServiceBus/*/send/action"])
        ),
        BuiltInDefinition(
            "Azure Service Bus Data Receiver",
            "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0",
            RolePermissions(dataActions: ["Microsoft.ServiceBus/*/receive/action"])
        ),
        BuiltInDefinition(
            "Azure Service Bus Data Owner",
            "090c5cfd-751d-490a-894a-3ce6f1109419",
            RolePermissions(actions: ["Microsoft.ServiceBus/*"], dataActions: ["Microsoft.ServiceBus/*"])
        ),
        BuiltInDefinition(
            "Cognitive Services OpenAI User",
            "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd",
            RolePermissions(
                actions: ["Microsoft.CognitiveServices/*/read"],
                dataActions: ["Microsoft.CognitiveServices/accounts/OpenAI/*"]
            )
        ),
        BuiltInDefinition(
            "Azure AI User",
            "53ca6127-db72-4b80-b1b0-d745d6d5456d",
            RolePermissions(dataActions: ["Microsoft.CognitiveServices/*"])
        ),
        BuiltInDefinition(
            "Monitoring Metrics Publisher",
            "3913510d-42f4-4e42-8a64-420c390055eb",
            RolePermissions(dataActions: ["Microsoft.Insights/Metrics/Write", "Microsoft.Insights/Telemetry/Write"])
        ),
    ]
}

package import Renderers

/// The facts of all types, by name.
struct TypeTable: Sendable {
    private let facts: [String: TypeFacts]
    private let byNamespace: [String: [TypeFacts]]

    static let all = TypeTable()

    private init() {
        let all =
            ResourceType.allCases.compactMap(\.facts) + [.templateSpec, .templateSpecVersion, .federatedCredential]
        facts = Dictionary(uniqueKeysWithValues: all.map { ($0.name.lowercased(), $0) })
        byNamespace = Dictionary(grouping: all.sorted { $0.name < $1.name }) { $0.namespace.lowercased() }
    }

    subscript(type: String) -> TypeFacts? { facts[type.lowercased()] }

    /// The types of a provider: `vaults`, `vaults/secrets`.
    func types(of namespace: String) -> [TypeFacts] { byNamespace[namespace.lowercased()] ?? [] }

    /// The providers as Azure spells them.
    var namespaces: [String] { byNamespace.values.compactMap(\.first?.namespace).sorted() }

    func knows(_ namespace: String) -> Bool { byNamespace[namespace.lowercased()] != nil }
}

extension TypeFacts {
    /// `Microsoft.KeyVault`.
    var namespace: String { String(name.prefix { $0 != "/" }) }
}

extension ResourceType {
    /// `nil` for code, which has protocols of its own.
    var facts: TypeFacts? {
        var facts: TypeFacts? =
            switch self {
            case .cache, .cacheDatabase, .cacheUser: cacheFacts
            case .containerApp, .containerEnvironment: containerFacts
            case .databaseAccount, .database, .databaseContainer, .databaseUser: databaseFacts
            case .diagnostics, .insights, .workspace: telemetryFacts
            case .identity, .roleAssignment, .roleDefinition: accessFacts
            case .modelAccount, .modelDeployment: modelFacts
            case .namespace, .queue, .rule, .subscription, .topic: busFacts
            case .plan, .publishingPolicy, .site, .siteSettings: webFacts
            case .image, .package: nil
            case .registry: registryFacts
            case .secret, .vault: vaultFacts
            case .storageAccount, .blobService, .blobContainer, .tableService, .table: storageFacts
            }
        facts?.kind = self
        return facts
    }

    /// The facts of a type, with what most have in common.
    func facts(
        creation: WriteFacts,
        replacement: WriteFacts,
        deletion: WriteFacts?,
        body: BodyFacts,
        names: NameRule
    ) -> TypeFacts {
        TypeFacts(
            name: rawValue,
            versions: [apiVersion],
            creation: creation,
            replacement: replacement,
            deletion: deletion,
            body: body,
            names: names
        )
    }
}

extension ResourceType {
    /// How long it takes to make a resource of this type, beside what it needs.
    package var creationTime: Duration { facts?.creation.time ?? .zero }
}

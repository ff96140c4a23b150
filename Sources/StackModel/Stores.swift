public import Settings
package import StackGraph

/// A storage account with its blob containers and tables.
public struct Storage: Resource {
    package let id: ResourceID
    public let declaration: Declaration

    /// Describes an account.
    ///
    /// - Parameters:
    ///   - name: The beginning of the account's name.
    ///   - containers: The names of its blob containers.
    ///   - tables: The names of its tables.
    ///   - protect: Whether no deployment may delete or replace it, or one of its containers and tables.
    public init(_ name: Name, containers: [String] = [], tables: [String] = [], protect: Bool = false) {
        self.id = name.id
        self.declaration = Declaration(
            name,
            .storage(StorageNode(containers: containers, tables: tables)),
            isProtected: protect,
            problems: (containers.repeated + tables.repeated).map { .duplicatePart(name.id, part: $0) }
        )
    }

    /// The account's blobs; grants the reader of the setting that access.
    public func blobs(_ use: StoreUse) -> Output<BlobConnection> {
        Output(.attribute(id, .blobs(use.access)))
    }

    /// The account's tables; grants the reader of the setting that access.
    public func tables(_ use: StoreUse) -> Output<TableConnection> {
        Output(.attribute(id, .tables(use.access)))
    }
}

/// What the holder of a store's connection does with it.
public struct StoreUse: Sendable {
    package let access: Access
    public static let reading = StoreUse(access: .read)
    public static let writing = StoreUse(access: .readWrite)
}

/// A serverless document database.
public struct DocumentDatabase: Resource {
    package let id: ResourceID
    public let declaration: Declaration

    /// A set of documents, spread over partitions by one of their properties.
    public struct Container: Sendable {
        package let node: DatabaseNode.Container

        /// Describes a container: `Container("posts", partitionedBy: "/authorID")`.
        public init(_ name: String, partitionedBy path: String) {
            self.node = DatabaseNode.Container(name: name, partitionKey: path)
        }
    }

    /// Describes a database.
    ///
    /// - Parameters:
    ///   - name: The beginning of the account's name.
    ///   - containers: What its documents are kept in.
    ///   - protect: Whether no deployment may delete or replace it, or one of its containers.
    public init(_ name: Name, containers: [Container], protect: Bool = false) {
        self.id = name.id
        let nodes = containers.map(\.node)
        self.declaration = Declaration(
            name,
            .database(DatabaseNode(containers: nodes)),
            isProtected: protect,
            problems: nodes.map(\.name).repeated.map { .duplicatePart(name.id, part: $0) }
                + nodes.filter { !$0.partitionKey.hasPrefix("/") }
                .map { .badPath(name.id, part: $0.name, path: $0.partitionKey) }
        )
    }

    /// The database; grants the reader of the setting that access.
    public func connection(_ use: StoreUse) -> Output<DatabaseConnection> {
        Output(.attribute(id, .database(use.access)))
    }
}

/// A Redis cache.
public struct Cache: Resource {
    private let name: Name
    private let isProtected: Bool

    /// Describes a cache; a protected one cannot be deleted or replaced by a deployment.
    public init(_ name: Name, protect: Bool = false) {
        self.name = name
        self.isProtected = protect
    }

    public var declaration: Declaration { Declaration(name, .cache, isProtected: isProtected) }
    public var connection: Output<CacheConnection> { Output(.attribute(name.id, .cache)) }
}

/// A language model behind an endpoint of the stack's own (Azure OpenAI).
public struct ModelDeployment: Resource {
    package let id: ResourceID
    public let declaration: Declaration

    /// Describes a deployed model.
    ///
    /// - Parameters:
    ///   - name: The name of the account.
    ///   - model: The model's name: `gpt-4o-mini`.
    ///   - version: The model's version: `2024-07-18`.
    ///   - capacity: Thousands of tokens a minute, at least 1.
    ///   - protect: Whether no deployment may delete or replace it: capacity that was given back may not be had again.
    public init(_ name: Name, model: String, version: String, capacity: Int = 10, protect: Bool = false) {
        self.id = name.id
        let capacities = 1...100_000
        self.declaration = Declaration(
            name,
            .modelDeployment(ModelNode(model: model, version: version, capacity: capacity)),
            isProtected: protect,
            problems: capacities.contains(capacity)
                ? [] : [.badValue(name.id, property: "capacity", value: capacity, allowed: capacities)]
        )
    }

    public var connection: Output<ModelConnection> { Output(.attribute(id, .modelEndpoint)) }
    public var deployment: Output<ModelDeploymentName> { Output(.attribute(id, .modelDeployment)) }
}

/// A workspace for logs, and the application insights that write to it.
public struct Telemetry: Resource {
    package let id: ResourceID
    public let declaration: Declaration

    /// Describes a workspace.
    ///
    /// - Parameters:
    ///   - name: The name of the workspace.
    ///   - retentionDays: How long logs are kept; 30 to 730 days.
    ///
    /// Source of the limit: learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure
    public init(_ name: Name, retentionDays: Int = 30) {
        self.id = name.id
        let allowed = 30...730
        self.declaration = Declaration(
            name,
            .telemetry(TelemetryNode(retentionDays: retentionDays)),
            problems: allowed.contains(retentionDays)
                ? [] : [.badValue(name.id, property: "retentionDays", value: retentionDays, allowed: allowed)]
        )
    }

    public var connection: Output<TelemetryConnection> { Output(.attribute(id, .telemetry)) }
}

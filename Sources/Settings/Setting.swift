/// A setting that a service reads at start: its name, and the type of value it expects.
///
/// A service names each of its settings once, in its contract; the service reads the setting and the stack binds it.
/// `Value` is often one of the kinds beside ``BusConnection``: they exist so that the address of a queue cannot be bound
/// where the address of a cache is expected.
public struct Setting<Value>: Sendable {
    /// The name of the environment variable: `SERVICEBUS_QUEUE`.
    public let name: String
    /// Whether the service refuses to start without it.
    public let isRequired: Bool

    public init(_ name: String, required isRequired: Bool = true) {
        self.name = name
        self.isRequired = isRequired
    }

    public var declaration: SettingDeclaration {
        let address = (Value.self as? any IdentityBased.Type)?.addressSuffix
        return SettingDeclaration(
            name: name,
            isRequired: isRequired,
            isSecret: false,
            identityName: address.map { name + $0 }
        )
    }
}

/// A setting whose value must come from a secret store.
public struct SecretSetting<Value>: Sendable {
    /// The name of the environment variable: `OPENAI_API_KEY`.
    public let name: String
    /// Whether the service refuses to start without it.
    public let isRequired: Bool
    /// What the service does without it, where operators should know.
    public let fallback: SettingFallback?

    public init(_ name: String, required isRequired: Bool = true, fallback: SettingFallback? = nil) {
        self.name = name
        self.isRequired = isRequired
        self.fallback = fallback
    }

    public var declaration: SettingDeclaration {
        SettingDeclaration(name: name, isRequired: isRequired, isSecret: true, fallback: fallback)
    }
}

/// A setting without its type, as contracts list it.
public struct SettingDeclaration: Sendable, Hashable {
    public let name: String
    public let isRequired: Bool
    public let isSecret: Bool
    public let fallback: SettingFallback?
    /// The variable that stands in for this one where an identity takes the place of a key; see ``IdentityBased``.
    public let identityName: String?

    public init(
        name: String,
        isRequired: Bool,
        isSecret: Bool,
        fallback: SettingFallback? = nil,
        identityName: String? = nil
    ) {
        self.name = name
        self.isRequired = isRequired
        self.isSecret = isSecret
        self.fallback = fallback
        self.identityName = identityName
    }
}

/// What a service does when an optional setting has no value.
public struct SettingFallback: Sendable, Hashable {
    /// A sentence for operators: `the built-in responder answers`.
    public let consequence: String
    /// Other settings, each of which makes this one unnecessary.
    public let alternatives: [String]

    public init(_ consequence: String, unless alternatives: String...) {
        self.consequence = consequence
        self.alternatives = alternatives
    }
}

// MARK: Kinds of values that no literal can spell

/// The name of a queue on the bus.
public enum QueueName {}
/// How to reach a Redis cache.
public enum CacheConnection {}
/// How to reach the tables of a storage account.
public enum TableConnection {}
/// How to reach the blobs of a storage account.
public enum BlobConnection {}
/// How to reach a document database.
public enum DatabaseConnection {}
/// How to reach a deployed language model.
public enum ModelConnection {}
/// The name of a model deployment behind its connection.
public enum ModelDeploymentName {}
/// Where telemetry is sent.
public enum TelemetryConnection {}

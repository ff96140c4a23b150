// The nodes that programs use, in alphabetical order.

/// A serverless document database with its containers.
public struct DatabaseNode: Sendable, Hashable {
    public let containers: [Container]

    public struct Container: Sendable, Hashable {
        public let name: String
        /// The path of the property that spreads documents over partitions: `/authorID`.
        public let partitionKey: String

        public init(name: String, partitionKey: String) {
            self.name = name
            self.partitionKey = partitionKey
        }
    }

    public init(containers: [Container]) {
        self.containers = containers
    }
}

/// Where a consumer takes its messages, and where it puts those it gives up on.
public struct MessageSource: Sendable, Hashable {
    /// A queue, or a subscription.
    public let origin: ResourceID
    /// The queue for messages that failed for good, with the reason attached.
    public let deadLetters: ResourceID?

    public init(origin: ResourceID, deadLetters: ResourceID?) {
        self.origin = origin
        self.deadLetters = deadLetters
    }
}

/// A language model behind an endpoint of the stack's own.
public struct ModelNode: Sendable, Hashable {
    public let model: String
    public let version: String
    /// Thousands of tokens a minute.
    public let capacity: Int

    public init(model: String, version: String, capacity: Int) {
        self.model = model
        self.version = version
        self.capacity = capacity
    }
}

/// A queue on the stack's message bus; times are whole seconds.
public struct QueueNode: Sendable, Hashable {
    public let maxDeliveries: Int
    public let lockSeconds: Int
    /// How long the bus remembers message ids to drop repeats; `nil` remembers none.
    public let deduplicationSeconds: Int?
    public let timeToLiveSeconds: Int?

    public init(maxDeliveries: Int, lockSeconds: Int, deduplicationSeconds: Int?, timeToLiveSeconds: Int?) {
        self.maxDeliveries = maxDeliveries
        self.lockSeconds = lockSeconds
        self.deduplicationSeconds = deduplicationSeconds
        self.timeToLiveSeconds = timeToLiveSeconds
    }
}

/// A secret's name and what to do when nobody gave it a value.
public struct SecretNode: Sendable, Hashable {
    /// The environment variable that provides the value: `OPENAI_API_KEY`.
    public let name: String
    public let origin: Origin

    public enum Origin: Sendable, Hashable {
        /// Only a person or a pipeline can know the value.
        case provided
        /// A random value will do; one is made when none was given.
        case generated
    }

    public init(name: String, origin: Origin) {
        self.name = name
        self.origin = origin
    }
}

/// A vault and the secrets that the stack refers to, sorted by name.
public struct SecretStoreNode: Sendable, Hashable {
    public let secrets: [SecretNode]

    public init(secrets: [SecretNode]) {
        self.secrets = secrets
    }
}

/// A storage account with its blob containers and tables.
public struct StorageNode: Sendable, Hashable {
    public let containers: [String]
    public let tables: [String]

    public init(containers: [String], tables: [String]) {
        self.containers = containers
        self.tables = tables
    }
}

/// A subscription to a topic and the messages it takes.
public struct SubscriptionNode: Sendable, Hashable {
    public let topic: ResourceID
    public let filter: Filter
    public let maxDeliveries: Int
    public let lockSeconds: Int

    public enum Filter: Sendable, Hashable {
        case everything
        /// Messages whose subject is one of these.
        case subjects([String])
    }

    public init(topic: ResourceID, filter: Filter, maxDeliveries: Int, lockSeconds: Int) {
        self.topic = topic
        self.filter = filter
        self.maxDeliveries = maxDeliveries
        self.lockSeconds = lockSeconds
    }
}

/// A workspace for logs, and the application insights that write to it.
public struct TelemetryNode: Sendable, Hashable {
    public let retentionDays: Int

    public init(retentionDays: Int) {
        self.retentionDays = retentionDays
    }
}

/// A topic on the stack's message bus.
public struct TopicNode: Sendable, Hashable {
    public let deduplicationSeconds: Int?
    public let timeToLiveSeconds: Int?

    public init(deduplicationSeconds: Int?, timeToLiveSeconds: Int?) {
        self.deduplicationSeconds = deduplicationSeconds
        self.timeToLiveSeconds = timeToLiveSeconds
    }
}

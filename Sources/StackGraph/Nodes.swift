// The payloads of `Node.Kind`, in alphabetical order.

/// A container that answers HTTP requests, or works off a queue when it has no port.
public struct ContainerAppNode: Sendable, Hashable {
    public let service: ServiceNode
    public let image: ImageNode
    /// The port it listens on; `nil` for a worker, which nobody can call.
    public let port: Int?
    public let size: ContainerSize
    public let replicas: ClosedRange<Int>
    public let triggers: [Trigger]
    /// The queue or subscription it consumes; `nil` for a web container.
    public let source: MessageSource?

    public init(
        service: ServiceNode,
        image: ImageNode,
        port: Int?,
        size: ContainerSize,
        replicas: ClosedRange<Int>,
        triggers: [Trigger],
        source: MessageSource?
    ) {
        self.service = service
        self.image = image
        self.port = port
        self.size = size
        self.replicas = replicas
        self.triggers = triggers
        self.source = source
    }
}

/// The sizes that the Consumption profile of Azure Container Apps offers; memory is 2 GiB per core.
///
/// The raw value counts quarters of a core.
/// Source: learn.microsoft.com/azure/container-apps/containers#allocations
public enum ContainerSize: Int, Sendable, Hashable, CaseIterable {
    case quarterCore = 1
    case halfCore = 2
    case threeQuarterCore = 3
    case oneCore = 4
    case oneAndHalfCores = 6
    case twoCores = 8
}

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

/// A set of functions with one executable.
public struct FunctionAppNode: Sendable, Hashable {
    public let service: ServiceNode
    /// Where the host keeps its state and finds the package.
    public let storage: ResourceID
    public let functions: [FunctionNode]
    public let maximumInstances: Int

    public init(service: ServiceNode, storage: ResourceID, functions: [FunctionNode], maximumInstances: Int) {
        self.service = service
        self.storage = storage
        self.functions = functions
        self.maximumInstances = maximumInstances
    }
}

/// One function and what calls it.
public struct FunctionNode: Sendable, Hashable {
    public let name: String
    public let trigger: Trigger

    public enum Trigger: Sendable, Hashable {
        /// `POST /api/events`: the method in capitals, the route without its `/api` prefix.
        case http(method: String, route: String)
        case messages(MessageSource)
        /// NCRONTAB with seconds, as Azure Functions reads it: `0 */5 * * * *`.
        case timer(schedule: String)
    }

    public init(name: String, trigger: Trigger) {
        self.name = name
        self.trigger = trigger
    }
}

/// An image in a registry of the stack.
public struct ImageNode: Sendable, Hashable {
    public let registry: ResourceID
    public let repository: String
    public let tag: String

    public init(registry: ResourceID, repository: String, tag: String) {
        self.registry = registry
        self.repository = repository
        self.tag = tag
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

/// The program that an app runs, and its settings.
public struct ServiceNode: Sendable, Hashable {
    /// The executable product: `ChatAPI`.
    public let executable: String
    public let arguments: [String]
    /// What the service reads, required or not.
    public let contract: [ContractSetting]
    public let environment: [Variable]
    public let examples: [Example]

    public struct ContractSetting: Sendable, Hashable {
        public let name: String
        public let isRequired: Bool
        public let isSecret: Bool
        public let fallback: Fallback?

        public init(name: String, isRequired: Bool, isSecret: Bool, fallback: Fallback? = nil) {
            self.name = name
            self.isRequired = isRequired
            self.isSecret = isSecret
            self.fallback = fallback
        }
    }

    /// What the service does when an optional setting has no value.
    public struct Fallback: Sendable, Hashable {
        public let consequence: String
        /// Other settings, each of which makes this one unnecessary.
        public let alternatives: [String]

        public init(consequence: String, alternatives: [String]) {
            self.consequence = consequence
            self.alternatives = alternatives
        }
    }

    /// A `POST` that a person can try.
    public struct Example: Sendable, Hashable {
        public let path: String
        public let body: String
        public let streams: Bool

        public init(path: String, body: String, streams: Bool) {
            self.path = path
            self.body = body
            self.streams = streams
        }
    }

    public init(
        executable: String,
        arguments: [String],
        contract: [ContractSetting],
        environment: [Variable],
        examples: [Example] = []
    ) {
        self.executable = executable
        self.arguments = arguments
        self.contract = contract
        self.environment = environment
        self.examples = examples
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

/// What changes the number of replicas of a container.
public enum Trigger: Sendable, Hashable {
    case http(concurrency: Int)
    case backlog(source: ResourceID, perReplica: Int)
    case cpu(percent: Int)
}

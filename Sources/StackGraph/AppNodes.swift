// The nodes that run programs, and what belongs to them, in alphabetical order.

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
        case timer(schedule: String, runsOnStartup: Bool = false)
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

    /// The image in its registry: `chat-api:1.4.0`.
    public var reference: String { "\(repository):\(tag)" }

    public init(registry: ResourceID, repository: String, tag: String) {
        self.registry = registry
        self.repository = repository
        self.tag = tag
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

/// What changes the number of replicas of a container.
public enum Trigger: Sendable, Hashable {
    case http(concurrency: Int)
    case backlog(source: ResourceID, perReplica: Int)
    case cpu(percent: Int)
}

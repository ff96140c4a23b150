public import Settings
public import StackGraph

/// The stack as processes on this machine: what to start, with which settings, and what waits for what.
///
/// A plan is a value computed from the graph; it holds secrets, but only in their boxes.
public struct LocalPlan: Sendable, Hashable {
    public let stack: String
    /// In the order of the graph: each process comes after all it waits for.
    public let processes: [ProcessPlan]
    /// What the reader of the table should know.
    public let notes: [Note]
    /// Every secret that a process of the plan gets; none may appear in what they write.
    public let secrets: Set<SecretValue>

    /// Something about a service that is not as it would be in the cloud.
    public struct Note: Sendable, Hashable {
        public let subject: String
        public let text: String
    }
}

/// One process to run.
public struct ProcessPlan: Sendable, Hashable {
    public let name: String
    /// The program's file name, beside the `infra` program itself.
    public let executable: String
    public let arguments: [String]
    /// The settings that the process reads, secrets among them.
    public let environment: [String: SecretValue]
    public let port: Int
    /// The processes that must be healthy first.
    public let waitsFor: [String]
    public let examples: [ServiceNode.Example]
    /// Whether its requests need a bearer token.
    public let needsToken: Bool
    /// When it sleeps; `nil` for a process that always runs.
    public var sleep: SleepPlan?

    /// The address to call it by; loopback only.
    public var address: String { "http://127.0.0.1:\(port)" }
}

/// Why a stack cannot run on this machine: everything that is missing at once.
public struct LocalPlanError: Error, Sendable, Hashable {
    /// Secrets that only a person can provide.
    public let missingSecrets: [String]

    public init(missingSecrets: [String]) {
        self.missingSecrets = missingSecrets
    }
}

/// What this machine adds to a graph to make processes of it.
public struct LocalContext: Sendable {
    /// The settings of the user's environment and of `.env`; they win over the stack's.
    public let overrides: [String: String]
    /// Values for the secrets that may be generated, by name.
    public let generatedSecrets: [String: SecretValue]
    /// Where services may keep their data.
    public let dataDirectory: String
    /// What is added to every usual port, so that two stacks can run side by side.
    public let portOffset: Int
    /// How long apps that scale to zero go on when nobody needs them; `nil` where they always run.
    public let sleepAfter: Duration?
    /// How to start the message broker.
    public let broker: Broker

    public struct Broker: Sendable, Hashable {
        public let executable: String
        public let arguments: [String]
        public let environment: [String: SecretValue]
        public let port: Int
        public let key: SecretValue
        public let keyName: String

        public init(
            executable: String,
            arguments: [String],
            environment: [String: SecretValue],
            port: Int,
            keyName: String,
            key: SecretValue
        ) {
            self.executable = executable
            self.arguments = arguments
            self.environment = environment
            self.port = port
            self.keyName = keyName
            self.key = key
        }
    }

    public init(
        overrides: [String: String],
        generatedSecrets: [String: SecretValue],
        dataDirectory: String,
        portOffset: Int = 0,
        sleepAfter: Duration? = nil,
        broker: Broker
    ) {
        self.overrides = overrides
        self.generatedSecrets = generatedSecrets
        self.dataDirectory = dataDirectory
        self.portOffset = portOffset
        self.sleepAfter = sleepAfter
        self.broker = broker
    }
}

/// The queues, topics and subscriptions of a broker, and how each treats its messages.
public struct BrokerConfiguration: Sendable, Hashable {
    public var queues: [Queue]
    public var topics: [Topic]
    public var subscriptions: [Subscription]

    public init(queues: [Queue] = [], topics: [Topic] = [], subscriptions: [Subscription] = []) {
        self.queues = queues
        self.topics = topics
        self.subscriptions = subscriptions
    }

    /// A queue; times are whole seconds.
    public struct Queue: Sendable, Hashable {
        public var name: String
        /// How often a message is delivered before it moves to the dead-letter queue.
        public var maxDeliveries: Int
        public var lockSeconds: Int
        /// How long message ids are remembered to drop repeats; `nil` remembers none.
        public var deduplicationSeconds: Int?
        /// How long a message waits before it moves to the dead-letter queue; `nil` for ever.
        public var timeToLiveSeconds: Int?

        public init(
            _ name: String,
            maxDeliveries: Int = 10,
            lockSeconds: Int = 60,
            deduplicationSeconds: Int? = nil,
            timeToLiveSeconds: Int? = nil
        ) {
            self.name = name
            self.maxDeliveries = maxDeliveries
            self.lockSeconds = lockSeconds
            self.deduplicationSeconds = deduplicationSeconds
            self.timeToLiveSeconds = timeToLiveSeconds
        }
    }

    /// A topic; times are whole seconds.
    public struct Topic: Sendable, Hashable {
        public var name: String
        public var deduplicationSeconds: Int?
        public var timeToLiveSeconds: Int?

        public init(_ name: String, deduplicationSeconds: Int? = nil, timeToLiveSeconds: Int? = nil) {
            self.name = name
            self.deduplicationSeconds = deduplicationSeconds
            self.timeToLiveSeconds = timeToLiveSeconds
        }
    }

    /// A subscription to a topic; times are whole seconds.
    public struct Subscription: Sendable, Hashable {
        public var name: String
        public var topic: String
        /// The subjects that it takes; `nil` for all messages.
        public var subjects: [String]?
        /// The condition of an SQL filter, such as `sys.Label LIKE 'order.%' AND size > 3`; a message must meet this
        /// and have one of the subjects.
        public var filter: String?
        public var maxDeliveries: Int
        public var lockSeconds: Int

        public init(
            _ name: String,
            topic: String,
            subjects: [String]? = nil,
            filter: String? = nil,
            maxDeliveries: Int = 10,
            lockSeconds: Int = 60
        ) {
            self.name = name
            self.topic = topic
            self.subjects = subjects
            self.filter = filter
            self.maxDeliveries = maxDeliveries
            self.lockSeconds = lockSeconds
        }

        /// The path under which its messages are taken: `news/subscriptions/mail`.
        public var path: String { "\(topic)/subscriptions/\(name)" }
    }
}

/// What is wrong with a broker's configuration, all of it.
public struct BrokerConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Problem: Sendable, Hashable {
        case wrongKind(path: String, expected: String)
        case unknownMember(path: String)
        case badName(String)
        case duplicate(String)
        case unknownTopic(String, subscription: String)
        case outOfRange(path: String, value: Int, allowed: ClosedRange<Int>)
        case badFilter(subscription: String, reason: String)
    }

    public let problems: [Problem]

    public init(problems: [Problem]) {
        self.problems = problems
    }

    public var description: String {
        "the configuration of the broker is not usable: " + problems.map(Self.sentence).joined(separator: "; ")
    }

    private static func sentence(_ problem: Problem) -> String {
        switch problem {
        case .wrongKind(let path, let expected): "\(path) is not \(expected)"
        case .unknownMember(let path): "\(path) means nothing"
        case .badName(let name): "'\(name)' is no name of letters, digits, '.', '-', '_' and '/'"
        case .duplicate(let name): "'\(name)' is declared twice"
        case .unknownTopic(let topic, let subscription):
            "the subscription '\(subscription)' is to the topic '\(topic)', which is not declared"
        case .outOfRange(let path, let value, let allowed):
            "\(path) is \(value), and must be from \(allowed.lowerBound) to \(allowed.upperBound)"
        case .badFilter(let subscription, let reason):
            "the filter of the subscription '\(subscription)' is not understood: \(reason)"
        }
    }
}

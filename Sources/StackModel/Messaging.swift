public import Settings
package import StackGraph

/// A queue of messages of one type.
///
/// Producer and consumer must agree on the type, and the compiler checks that they do.
public struct Queue<Message>: Resource, MessageOrigin {
    package let id: ResourceID
    public let declaration: Declaration

    /// Describes a queue.
    ///
    /// - Parameters:
    ///   - name: The name of the queue on the bus.
    ///   - message: The type of its messages.
    ///   - maxDeliveries: How often a message is tried before it is dead-lettered; 1 to 2,000.
    ///   - lock: How long a consumer owns a message before it must renew; 5 s to 5 min.
    ///   - deduplication: How long the bus drops repeats of a message id; 20 s to 7 days, `nil` never.
    ///   - timeToLive: How long a message waits before it is dead-lettered; `nil` for ever.
    ///   - protect: Whether no deployment may delete or replace it, with the messages in it.
    ///
    /// Source of the limits: learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas
    public init(
        _ name: Name,
        of message: Message.Type = Message.self,
        maxDeliveries: Int = 10,
        lock: Duration = .seconds(60),
        deduplication: Duration? = nil,
        timeToLive: Duration? = nil,
        protect: Bool = false
    ) {
        self.id = name.id
        self.declaration = Declaration(
            name,
            .queue(
                QueueNode(
                    maxDeliveries: maxDeliveries,
                    lockSeconds: lock.wholeSeconds,
                    deduplicationSeconds: deduplication?.wholeSeconds,
                    timeToLiveSeconds: timeToLive?.wholeSeconds
                )
            ),
            isProtected: protect,
            problems: BusLimits.problems(
                name.id,
                maxDeliveries: maxDeliveries,
                lock: lock,
                deduplication: deduplication,
                timeToLive: timeToLive
            )
        )
    }

    /// The queue's name on the bus.
    public var name: Output<QueueName> { Output(.attribute(id, .busEntity(nil))) }

    /// The queue's name, for a service that uses it over a bus connection it already has; grants that access.
    public func name(for use: BusUse) -> Output<QueueName> { Output(.attribute(id, .busEntity(use.access))) }

    /// The bus, opened for this queue; grants the reader of the setting that access.
    public func connection(_ access: BusUse) -> Output<BusConnection> {
        Output(.attribute(id, .bus(access.access)))
    }
}

/// What the holder of a bus connection does with it.
public struct BusUse: Sendable {
    package let access: BusAccess
    public static let sending = BusUse(access: .send)
    public static let receiving = BusUse(access: .receive)
}

/// A topic: every subscription gets its own copy of each message that passes its filter.
public struct Topic<Message>: Resource {
    package let id: ResourceID
    public let declaration: Declaration

    /// Describes a topic; a protected one cannot be deleted or replaced by a deployment.
    public init(
        _ name: Name,
        of message: Message.Type = Message.self,
        deduplication: Duration? = nil,
        timeToLive: Duration? = nil,
        protect: Bool = false
    ) {
        self.id = name.id
        self.declaration = Declaration(
            name,
            .topic(
                TopicNode(
                    deduplicationSeconds: deduplication?.wholeSeconds,
                    timeToLiveSeconds: timeToLive?.wholeSeconds
                )
            ),
            isProtected: protect,
            problems: BusLimits.problems(name.id, deduplication: deduplication, timeToLive: timeToLive)
        )
    }

    /// The topic's name on the bus.
    public var name: Output<QueueName> { Output(.attribute(id, .busEntity(nil))) }

    /// The bus, opened for sending to this topic.
    public var connection: Output<BusConnection> { Output(.attribute(id, .bus(.send))) }
}

/// A subscription to a topic, with its own queue of messages.
public struct Subscription<Message>: Resource, MessageOrigin {
    package let id: ResourceID
    public let declaration: Declaration

    /// Describes a subscription; a protected one cannot be deleted or replaced by a deployment.
    public init(
        _ name: Name,
        to topic: Topic<Message>,
        receiving filter: MessageFilter = .everything,
        maxDeliveries: Int = 10,
        lock: Duration = .seconds(60),
        protect: Bool = false
    ) {
        self.id = name.id
        self.declaration = Declaration(
            name,
            .subscription(
                SubscriptionNode(
                    topic: topic.id,
                    filter: filter.filter,
                    maxDeliveries: maxDeliveries,
                    lockSeconds: lock.wholeSeconds
                )
            ),
            isProtected: protect,
            problems: BusLimits.problems(name.id, maxDeliveries: maxDeliveries, lock: lock)
        )
    }
}

/// Which messages of a topic a subscription takes.
public struct MessageFilter: Sendable {
    package let filter: SubscriptionNode.Filter

    public static let everything = MessageFilter(filter: .everything)

    /// Messages whose subject is one of these.
    public static func subjects(_ first: String, _ rest: String...) -> MessageFilter {
        MessageFilter(filter: .subjects([first] + rest))
    }
}

/// Something that messages of one type can be taken from: a queue or a subscription.
public protocol MessageOrigin<Message>: Sendable {
    associatedtype Message
    var declaration: Declaration { get }
}

extension MessageOrigin {
    /// Wakes when messages wait, and asks for one replica per `count` of them.
    public func backlog(perReplica count: Int) -> WakeTrigger {
        WakeTrigger(trigger: .backlog(source: declaration.node.id, perReplica: count))
    }
}

extension MessageSource {
    func problems(_ id: ResourceID) -> [Problem] {
        deadLetters == origin ? [.deadLettersReturn(id, queue: origin)] : []
    }
}

/// The limits of Azure Service Bus, in the units of the graph.
enum BusLimits {
    static func problems(
        _ id: ResourceID,
        maxDeliveries: Int = 1,
        lock: Duration = .seconds(60),
        deduplication: Duration? = nil,
        timeToLive: Duration? = nil
    ) -> [Problem] {
        let checks: [(property: String, value: Int?, allowed: ClosedRange<Int>)] = [
            ("maxDeliveries", maxDeliveries, 1...2000),
            ("lock, in seconds,", lock.wholeSeconds, 5...300),
            ("deduplication, in seconds,", deduplication?.wholeSeconds, 20...604_800),
            ("timeToLive, in seconds,", timeToLive?.wholeSeconds, 1...922_337_203_685),
        ]
        return checks.compactMap { check in
            guard let value = check.value, !check.allowed.contains(value) else { return nil }
            return .badValue(id, property: check.property, value: value, allowed: check.allowed)
        }
    }
}

extension Duration {
    /// The duration rounded up to whole seconds, the finest step that Service Bus takes.
    var wholeSeconds: Int {
        Int(components.seconds) + (components.attoseconds > 0 ? 1 : 0)
    }

    public static func minutes(_ count: Int) -> Duration { .seconds(count * 60) }
    public static func hours(_ count: Int) -> Duration { .minutes(count * 60) }
    public static func days(_ count: Int) -> Duration { .hours(count * 24) }
}

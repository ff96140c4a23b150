/// What tools are told of an entity: the `QueueDescription` of Service Bus and its siblings.
///
/// The order of the elements is that of the service's own answers, because some readers rely on it. What the broker
/// does not know, such as sizes in bytes, is left out.
/// Source: learn.microsoft.com/rest/api/servicebus/get-entity, and learn.microsoft.com/rest/api/servicebus/queues
enum EntityDescription: Sendable, Hashable {
    case queue(BrokerConfiguration.Queue, MailboxState)
    case topic(BrokerConfiguration.Topic, subscriptions: Int)
    case subscription(BrokerConfiguration.Subscription, MailboxState)
    case rule(BrokerConfiguration.Subscription)

    /// How many messages a mailbox holds, and how many its dead-letter queue.
    struct MailboxState: Sendable, Hashable {
        let counts: MessageCounts
        let dead: MessageCounts
    }

    /// The only rule of a subscription; it has the name that Service Bus gives to the first.
    static let ruleName = "$Default"

    var path: String {
        switch self {
        case .queue(let queue, _): queue.name
        case .topic(let topic, _): topic.name
        case .subscription(let subscription, _): subscription.path
        case .rule(let subscription): "\(subscription.path)/rules/\(Self.ruleName)"
        }
    }

    var title: String {
        switch self {
        case .queue, .topic: path
        case .subscription(let subscription, _): subscription.name
        case .rule: Self.ruleName
        }
    }

    var element: XMLElement {
        switch self {
        case .queue(let queue, let state): Self.element("QueueDescription", Self.members(queue, state))
        case .topic(let topic, let count): Self.element("TopicDescription", Self.members(topic, count))
        case .subscription(let subscription, let state):
            Self.element("SubscriptionDescription", Self.members(subscription, state))
        case .rule(let subscription): Self.element("RuleDescription", Self.members(rule: subscription))
        }
    }

    private static func element(_ name: String, _ members: [XMLElement]) -> XMLElement {
        XMLElement(
            name,
            [
                "xmlns": "http://schemas.microsoft.com/netservices/2010/10/servicebus/connect",
                "xmlns:i": "http://www.w3.org/2001/XMLSchema-instance",
            ],
            members
        )
    }

    private static func members(_ queue: BrokerConfiguration.Queue, _ state: MailboxState) -> [XMLElement] {
        [
            XMLElement("LockDuration", duration(queue.lockSeconds)),
            XMLElement("RequiresDuplicateDetection", "\(queue.deduplicationSeconds != nil)"),
            XMLElement("RequiresSession", "false"),
            XMLElement("DefaultMessageTimeToLive", duration(queue.timeToLiveSeconds)),
            XMLElement("DeadLetteringOnMessageExpiration", "true"),
            XMLElement("DuplicateDetectionHistoryTimeWindow", duration(queue.deduplicationSeconds ?? 600)),
            XMLElement("MaxDeliveryCount", "\(queue.maxDeliveries)"),
            XMLElement("EnableBatchedOperations", "true"), state.total, XMLElement("Status", "Active"), state.details,
        ]
    }

    private static func members(_ topic: BrokerConfiguration.Topic, _ subscriptions: Int) -> [XMLElement] {
        [
            XMLElement("DefaultMessageTimeToLive", duration(topic.timeToLiveSeconds)),
            XMLElement("RequiresDuplicateDetection", "\(topic.deduplicationSeconds != nil)"),
            XMLElement("DuplicateDetectionHistoryTimeWindow", duration(topic.deduplicationSeconds ?? 600)),
            XMLElement("EnableBatchedOperations", "true"), XMLElement("Status", "Active"),
            XMLElement("SubscriptionCount", "\(subscriptions)"),
        ]
    }

    private static func members(
        _ subscription: BrokerConfiguration.Subscription,
        _ state: MailboxState
    ) -> [XMLElement] {
        [
            XMLElement("LockDuration", duration(subscription.lockSeconds)), XMLElement("RequiresSession", "false"),
            XMLElement("DefaultMessageTimeToLive", duration(nil)),
            XMLElement("DeadLetteringOnMessageExpiration", "true"), state.total,
            XMLElement("MaxDeliveryCount", "\(subscription.maxDeliveries)"),
            XMLElement("EnableBatchedOperations", "true"), XMLElement("Status", "Active"), state.details,
        ]
    }

    private static func members(rule subscription: BrokerConfiguration.Subscription) -> [XMLElement] {
        let isOpen = subscription.subjects == nil && subscription.filter == nil
        return [
            XMLElement(
                "Filter",
                ["i:type": isOpen ? "TrueFilter" : "SqlFilter"],
                [XMLElement("SqlExpression", subscription.condition), XMLElement("CompatibilityLevel", "20")]
            ),
            XMLElement("Action", ["i:type": "EmptyRuleAction"]), XMLElement("Name", ruleName),
        ]
    }

    /// A span such as `P1DT2H3M4S`; the longest of .NET where there is no limit.
    ///
    /// Source: w3.org/TR/xmlschema-2/#duration
    private static func duration(_ seconds: Int?) -> String {
        guard let seconds else { return "P10675199DT2H48M5.4775807S" }
        let parts = [(seconds / 3600 % 24, "H"), (seconds / 60 % 60, "M"), (seconds % 60, "S")]
        let time = parts.filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined()
        let days = seconds >= 86_400 ? "\(seconds / 86_400)D" : ""
        return "P" + days + (time.isEmpty && !days.isEmpty ? "" : "T" + (time.isEmpty ? "0S" : time))
    }
}

extension EntityDescription.MailboxState {
    fileprivate var total: XMLElement {
        let here = counts.active + counts.locked + counts.scheduled
        return XMLElement("MessageCount", "\(here + dead.active + dead.locked)")
    }

    /// A message that is locked counts as active, as it does in Service Bus.
    fileprivate var details: XMLElement {
        let parts = [
            ("ActiveMessageCount", counts.active + counts.locked),
            ("DeadLetterMessageCount", dead.active + dead.locked),
            ("ScheduledMessageCount", counts.scheduled), ("TransferMessageCount", 0),
            ("TransferDeadLetterMessageCount", 0),
        ]
        return XMLElement(
            "CountDetails",
            ["xmlns:d2p1": "http://schemas.microsoft.com/netservices/2011/06/servicebus"],
            parts.map { XMLElement("d2p1:\($0.0)", "\($0.1)") }
        )
    }
}

extension BrokerConfiguration.Subscription {
    /// What it takes, as the condition of an SQL filter.
    fileprivate var condition: String {
        let list = subjects.map { subjects in
            subjects.map {
                "'" + $0.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
            }
        }
        // A list of nothing cannot be spelt.
        let label = list.map { $0.isEmpty ? "1=0" : "sys.Label IN (\($0.joined(separator: ",")))" }
        switch (label, filter) {
        case (nil, nil): return "1=1"
        case (let label?, nil): return label
        case (nil, let filter?): return filter
        case (let label?, let filter?): return "\(label) AND (\(filter))"
        }
    }
}

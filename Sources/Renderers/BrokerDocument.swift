public import JSONText
public import StackGraph

extension Graph {
    /// The queues, topics and subscriptions of the stack, as the broker reads them.
    public var brokerDocument: JSON {
        var queues: [JSON] = []
        var topics: [JSON] = []
        var subscriptions: [JSON] = []
        for node in nodes {
            switch node.kind {
            case .queue(let queue): queues.append(queue.document(named: node.id.name))
            case .topic(let topic): topics.append(topic.document(named: node.id.name))
            case .subscription(let subscription): subscriptions.append(subscription.document(named: node.id.name))
            case .cache, .containerApp, .database, .functionApp, .modelDeployment, .registry, .secretStore, .storage,
                .telemetry:
                continue
            }
        }
        return ["queues": .array(queues), "topics": .array(topics), "subscriptions": .array(subscriptions)]
    }
}

extension QueueNode {
    fileprivate func document(named name: String) -> JSON {
        .compact([
            "name": .string(name), "maxDeliveries": JSON(maxDeliveries), "lockSeconds": JSON(lockSeconds),
            "deduplicationSeconds": deduplicationSeconds.map { JSON($0) },
            "timeToLiveSeconds": timeToLiveSeconds.map { JSON($0) },
        ])
    }
}

extension TopicNode {
    fileprivate func document(named name: String) -> JSON {
        .compact([
            "name": .string(name),
            "deduplicationSeconds": deduplicationSeconds.map { JSON($0) },
            "timeToLiveSeconds": timeToLiveSeconds.map { JSON($0) },
        ])
    }
}

extension SubscriptionNode {
    fileprivate func document(named name: String) -> JSON {
        .compact([
            "name": .string(name), "topic": .string(topic.name),
            "subjects": filter.subjects.map { .array($0.map { .string($0) }) },
            "maxDeliveries": JSON(maxDeliveries), "lockSeconds": JSON(lockSeconds),
        ])
    }
}

extension SubscriptionNode.Filter {
    fileprivate var subjects: [String]? {
        switch self {
        case .everything: nil
        case .subjects(let subjects): subjects
        }
    }
}

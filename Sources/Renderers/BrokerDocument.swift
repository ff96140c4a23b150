import JSONText
import StackGraph

/// The queues, topics and subscriptions of a stack as the configuration file of `infra emulator`.
///
/// Where something is not said the broker's own defaults hold.
enum BrokerDocument {
    static func text(_ graph: Graph) -> String {
        var (queues, topics, subscriptions): ([JSON], [JSON], [JSON]) = ([], [], [])
        for node in graph.nodes {
            let name = JSON.string(node.id.name)
            switch node.kind {
            case .queue(let queue): queues.append(json(name, queue))
            case .topic(let topic): topics.append(json(name, topic))
            case .subscription(let subscription): subscriptions.append(json(name, subscription))
            case .cache, .containerApp, .database, .functionApp, .modelDeployment, .registry, .secretStore, .storage,
                .telemetry:
                continue
            }
        }
        let document: JSON = [
            "queues": .array(queues), "topics": .array(topics), "subscriptions": .array(subscriptions),
        ]
        return document.text + "\n"
    }

    private static func json(_ name: JSON, _ queue: QueueNode) -> JSON {
        .compact([
            "name": name, "maxDeliveries": JSON(queue.maxDeliveries), "lockSeconds": JSON(queue.lockSeconds),
            "deduplicationSeconds": queue.deduplicationSeconds.map { JSON($0) },
            "timeToLiveSeconds": queue.timeToLiveSeconds.map { JSON($0) },
        ])
    }

    private static func json(_ name: JSON, _ topic: TopicNode) -> JSON {
        .compact([
            "name": name, "deduplicationSeconds": topic.deduplicationSeconds.map { JSON($0) },
            "timeToLiveSeconds": topic.timeToLiveSeconds.map { JSON($0) },
        ])
    }

    private static func json(_ name: JSON, _ subscription: SubscriptionNode) -> JSON {
        .compact([
            "name": name, "topic": .string(subscription.topic.name), "subjects": subscription.filter.subjects,
            "maxDeliveries": JSON(subscription.maxDeliveries), "lockSeconds": JSON(subscription.lockSeconds),
        ])
    }
}

extension SubscriptionNode.Filter {
    fileprivate var subjects: JSON? {
        switch self {
        case .everything: nil
        case .subjects(let subjects): .array(subjects.map { .string($0) })
        }
    }
}

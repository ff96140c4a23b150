import ServiceBusEmulator
import StackGraph

extension BrokerConfiguration {
    /// The queues, topics and subscriptions of a stack, as the local broker needs them.
    init(_ graph: Graph) {
        self.init()
        for node in graph.nodes {
            let name = node.id.name
            switch node.kind {
            case .queue(let queue):
                queues.append(
                    Queue(
                        name,
                        maxDeliveries: queue.maxDeliveries,
                        lockSeconds: queue.lockSeconds,
                        deduplicationSeconds: queue.deduplicationSeconds,
                        timeToLiveSeconds: queue.timeToLiveSeconds
                    )
                )
            case .topic(let topic):
                topics.append(
                    Topic(
                        name,
                        deduplicationSeconds: topic.deduplicationSeconds,
                        timeToLiveSeconds: topic.timeToLiveSeconds
                    )
                )
            case .subscription(let subscription):
                subscriptions.append(
                    Subscription(
                        name,
                        topic: subscription.topic.name,
                        subjects: subscription.filter.subjects,
                        maxDeliveries: subscription.maxDeliveries,
                        lockSeconds: subscription.lockSeconds
                    )
                )
            case .cache, .containerApp, .database, .functionApp, .modelDeployment, .registry, .secretStore, .storage,
                .telemetry:
                continue
            }
        }
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

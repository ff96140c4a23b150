import Renderers
import StackGraph

/// Something on the bus that messages can be taken from.
struct MessagePlace: Sendable, Hashable {
    /// The path on the bus: `events`, `news/subscriptions/mail` or `events/$deadletterqueue`.
    let path: String
    /// How often a message is delivered before it becomes a dead letter; `nil` without limit.
    let maxDeliveries: Int?
    let lockSeconds: Int
    /// The path of what it is the dead-letter queue of; `nil` for others.
    var owner: String?

    /// The dead-letter queue that belongs to it; there is no limit of deliveries there.
    ///
    /// Source: learn.microsoft.com/azure/service-bus-messaging/service-bus-dead-letter-queues
    var deadLetters: MessagePlace {
        MessagePlace(path: "\(path)/$deadletterqueue", maxDeliveries: nil, lockSeconds: lockSeconds, owner: path)
    }
}

/// A queue of the stack, or a subscription, which has a queue of its own.
struct StackQueue: Sendable, Hashable {
    let name: String
    let place: MessagePlace
    /// Where messages are sent to reach it: itself, or the topic of the subscription.
    let destination: String
    /// Whether a message is dropped whose id was seen before.
    let dropsRepeats: Bool
    /// The queues of the stack that its consumers put what failed for good into.
    let deadLetterQueues: [MessagePlace]
    /// Every place that dead letters of it may be in.
    ///
    /// What was looked at too often in a queue of the stack's own is in the dead-letter queue of that.
    var deadLetterPlaces: [MessagePlace] {
        [place.deadLetters] + deadLetterQueues.flatMap { [$0, $0.deadLetters] }
    }

    var isSubscription: Bool { destination != place.path }
}

extension Graph {
    /// Every queue and subscription, in the order of their names.
    var queues: [StackQueue] {
        let targets = deadLetterNames
        return nodes.compactMap { node -> StackQueue? in
            guard let place = place(of: node) else { return nil }
            let (destination, window) = destination(of: node)
            return StackQueue(
                name: node.id.name,
                place: place,
                destination: destination,
                dropsRepeats: window != nil,
                deadLetterQueues: (targets[node.id] ?? []).compactMap { self[$0].flatMap(self.place) }
            )
        }
    }

    /// The queue or subscription that somebody means, by its name or its path.
    ///
    /// - Throws: ``Failure`` with those that there are.
    func queue(_ word: String) throws -> StackQueue {
        let queues = queues
        if let queue = queues.first(where: { $0.name == word || $0.place.path == word }) { return queue }
        let names = queues.map(\.name)
        guard !names.isEmpty else { throw Failure("The stack '\(name)' has no queue.", code: 64) }
        throw Failure(
            "There is no queue '\(word.withoutControls)'.\(suggestion(for: word, among: names)) There are: "
                + names.joined(separator: ", ") + ".",
            code: 64
        )
    }

    private func place(of node: Node) -> MessagePlace? {
        switch node.kind {
        case .queue(let queue):
            MessagePlace(path: node.id.name, maxDeliveries: queue.maxDeliveries, lockSeconds: queue.lockSeconds)
        case .subscription(let subscription):
            MessagePlace(
                path: "\(subscription.topic)/subscriptions/\(node.id)",
                maxDeliveries: subscription.maxDeliveries,
                lockSeconds: subscription.lockSeconds
            )
        case .cache, .containerApp, .database, .functionApp, .modelDeployment, .registry, .secretStore, .storage,
            .telemetry, .topic:
            nil
        }
    }

    /// Where to send to, and for how many seconds ids are remembered there.
    private func destination(of node: Node) -> (path: String, window: Int?) {
        switch node.kind {
        case .queue(let queue): (node.id.name, queue.deduplicationSeconds)
        case .topic(let topic): (node.id.name, topic.deduplicationSeconds)
        case .subscription(let subscription):
            self[subscription.topic].map(destination) ?? (subscription.topic.name, nil)
        case .cache, .containerApp, .database, .functionApp, .modelDeployment, .registry, .secretStore, .storage,
            .telemetry:
            (node.id.name, nil)
        }
    }

    /// The queues for dead letters of each queue and subscription, each once.
    private var deadLetterNames: [ResourceID: [ResourceID]] {
        nodes.flatMap(\.messageSources).reduce(into: [:]) { targets, source in
            guard let target = source.deadLetters, targets[source.origin]?.contains(target) != true else { return }
            targets[source.origin, default: []].append(target)
        }
    }
}

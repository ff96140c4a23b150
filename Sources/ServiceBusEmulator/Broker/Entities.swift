/// Something that holds messages: a queue, a subscription, or the dead-letter queue of either.
struct Mailbox: Sendable, Hashable {
    /// The path that clients use, in the letters of the configuration.
    let path: String
    /// How often a message is delivered; `nil` without limit, as in dead-letter queues.
    let maxDeliveries: Int?
    let lockSeconds: Int
    /// The path of the queue for what it gives up; `nil` where it is one itself.
    let deadLetters: String?

    /// The end of the path of every dead-letter queue.
    ///
    /// Source: learn.microsoft.com/azure/service-bus-messaging/service-bus-dead-letter-queues
    static let deadLetterName = "$deadletterqueue"

    /// What paths are compared by; Service Bus does not regard their case.
    var key: String { path.lowercased() }
}

/// Something that messages are sent to: a queue, or a topic with its subscriptions.
struct Destination: Sendable, Hashable {
    let path: String
    let deduplicationSeconds: Int?
    let timeToLiveSeconds: Int?
    let targets: [Target]

    /// A mailbox that gets a copy, and of which messages.
    struct Target: Sendable, Hashable {
        let mailbox: Mailbox
        /// All of them must take a message.
        let filters: [MessageFilter]

        func takes(_ message: BrokerMessage) -> Bool {
            filters.allSatisfy { $0.takes(message) }
        }
    }

    var key: String { path.lowercased() }
}

/// All that a configuration declares, by path.
struct Entities: Sendable {
    private var mailboxes: [String: Mailbox] = [:]
    private var destinations: [String: Destination] = [:]

    init(_ configuration: BrokerConfiguration) {
        for queue in configuration.queues {
            let mailbox = add(queue.name, maxDeliveries: queue.maxDeliveries, lockSeconds: queue.lockSeconds)
            add(
                Destination(
                    path: queue.name,
                    deduplicationSeconds: queue.deduplicationSeconds,
                    timeToLiveSeconds: queue.timeToLiveSeconds,
                    targets: [.init(mailbox: mailbox, filters: [])]
                )
            )
        }
        for topic in configuration.topics {
            let subscriptions = configuration.subscriptions.filter {
                $0.topic.lowercased() == topic.name.lowercased()
            }
            let targets = subscriptions.map { subscription in
                Destination.Target(
                    mailbox: add(
                        subscription.path,
                        maxDeliveries: subscription.maxDeliveries,
                        lockSeconds: subscription.lockSeconds
                    ),
                    filters: subscription.filters
                )
            }
            add(
                Destination(
                    path: topic.name,
                    deduplicationSeconds: topic.deduplicationSeconds,
                    timeToLiveSeconds: topic.timeToLiveSeconds,
                    targets: targets
                )
            )
        }
    }

    func mailbox(_ path: String) -> Mailbox? { mailboxes[path.lowercased()] }
    func destination(_ path: String) -> Destination? { destinations[path.lowercased()] }
    var allMailboxes: [Mailbox] { mailboxes.values.sorted { $0.path < $1.path } }
    var allDestinations: [Destination] { destinations.values.sorted { $0.path < $1.path } }

    private mutating func add(_ path: String, maxDeliveries: Int, lockSeconds: Int) -> Mailbox {
        let dead = Mailbox(
            path: "\(path)/\(Mailbox.deadLetterName)",
            maxDeliveries: nil,
            lockSeconds: lockSeconds,
            deadLetters: nil
        )
        let mailbox = Mailbox(
            path: path,
            maxDeliveries: maxDeliveries,
            lockSeconds: lockSeconds,
            deadLetters: dead.path
        )
        mailboxes[dead.key] = dead
        mailboxes[mailbox.key] = mailbox
        return mailbox
    }

    private mutating func add(_ destination: Destination) {
        destinations[destination.key] = destination
    }
}

extension BrokerConfiguration.Subscription {
    fileprivate var filters: [MessageFilter] {
        // A configuration that was checked has no condition that is not understood; one that was not takes nothing.
        let condition = filter.map { (try? MessageFilter(parsing: $0)) ?? .subjects([]) }
        return [subjects.map(MessageFilter.subjects), condition].compactMap { $0 }
    }
}

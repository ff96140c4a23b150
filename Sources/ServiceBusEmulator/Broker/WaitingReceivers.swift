/// The receivers that wait for a message, in the order in which they came.
struct WaitingReceivers: Sendable {
    /// One receiver.
    struct Waiter: Sendable {
        let id: Int
        let mailbox: Mailbox
        let mode: ReceiveMode
        /// Seconds since 1970 at which it stops waiting.
        let deadline: Double
        let resume: @Sendable (Result<Delivery?, any Error>) -> Void
    }

    private var queues: [String: [Waiter]] = [:]

    /// When the first of them stops waiting.
    var nextDeadline: Double? {
        queues.values.joined().map(\.deadline).min()
    }

    func isEmpty(_ mailbox: Mailbox) -> Bool {
        queues[mailbox.key]?.isEmpty ?? true
    }

    mutating func append(_ waiter: Waiter) {
        queues[waiter.mailbox.key, default: []].append(waiter)
    }

    func first(for mailbox: Mailbox) -> Waiter? {
        queues[mailbox.key]?.first
    }

    mutating func removeFirst(for mailbox: Mailbox) {
        queues[mailbox.key]?.removeFirst()
        if isEmpty(mailbox) { queues[mailbox.key] = nil }
    }

    /// Takes out one that has left.
    mutating func remove(_ id: Int) -> Waiter? {
        for (key, waiters) in queues {
            guard let index = waiters.firstIndex(where: { $0.id == id }) else { continue }
            queues[key]?.remove(at: index)
            return waiters[index]
        }
        return nil
    }

    /// Takes out those whose time is up; all of them when `now` is infinite.
    mutating func removeExpired(now: Double) -> [Waiter] {
        var expired: [Waiter] = []
        for (key, waiters) in queues where waiters.contains(where: { $0.deadline <= now }) {
            expired += waiters.filter { $0.deadline <= now }
            let rest = waiters.filter { $0.deadline > now }
            queues[key] = rest.isEmpty ? nil : rest
        }
        return expired
    }
}

/// One transaction of the broker: what has become due, what was asked for, and who can be served now.
///
/// Nothing is told to anybody before the transaction is on disk; until then it is a list of completions.
struct Turn {
    /// Messages whose time has come that one transaction deals with; more are left to the next.
    private static let dueLimit = 1000

    let store: MessageStore
    let index: MailboxIndex
    let entities: Entities
    let now: Double
    /// Whether receivers may still wait; not while the broker shuts down.
    let acceptsWaits: Bool

    private(set) var waiting: WaitingReceivers
    private(set) var completions: [@Sendable () -> Void] = []
    private(set) var hasMoreDue = false
    /// The mailboxes that have messages they did not have before.
    private var filled: Set<Mailbox> = []
    private var hasSent = false

    init(
        store: MessageStore,
        index: MailboxIndex,
        entities: Entities,
        now: Double,
        acceptsWaits: Bool,
        waiting: WaitingReceivers
    ) {
        self.store = store
        self.index = index
        self.entities = entities
        self.now = now
        self.acceptsWaits = acceptsWaits
        self.waiting = waiting
    }

    mutating func run(_ operations: [BrokerOperation]) throws {
        try settleDue()
        for operation in operations { try operation.run(&self) }
        try serveWaiting()
        for waiter in waiting.removeExpired(now: acceptsWaits ? now : .infinity) {
            completions.append { waiter.resume(.success(nil)) }
        }
        if hasSent { try store.sweepSeen(now: now) }
    }

    mutating func afterCommit(_ completion: @escaping @Sendable () -> Void) {
        completions.append(completion)
    }

    /// When the next transaction is due although nobody asks for one.
    func nextDue() throws -> Double? {
        if hasMoreDue { return now }
        return [try store.nextDue(), waiting.nextDeadline].compactMap { $0 }.min()
    }

    // MARK: Operations

    mutating func send(_ messages: [BrokerMessage], to destination: Destination) throws {
        guard let number = index.number(destination.path) else { throw BrokerError.unknownEntity }
        hasSent = true
        for message in messages {
            if let window = destination.deduplicationSeconds {
                guard try store.isNew(message.id, in: number, now: now, window: window) else { continue }
            }
            let limits = [message.timeToLive, destination.timeToLiveSeconds.map(Double.init)]
            for target in destination.targets where target.takes(message) {
                guard let mailbox = index.number(target.mailbox.path) else { continue }
                try store.insert(message, into: mailbox, now: now, timeToLive: limits.compactMap { $0 }.min())
                filled.insert(target.mailbox)
            }
        }
    }

    mutating func receive(_ waiter: WaitingReceivers.Waiter) throws {
        if waiting.isEmpty(waiter.mailbox), let delivery = try take(waiter) {
            completions.append { waiter.resume(.success(delivery)) }
        } else if acceptsWaits, waiter.deadline > now {
            waiting.append(waiter)
        } else {
            completions.append { waiter.resume(.success(nil)) }
        }
    }

    mutating func cancel(_ waiter: Int) {
        guard let waiter = waiting.remove(waiter) else { return }
        completions.append { waiter.resume(.failure(CancellationError())) }
    }

    func complete(_ lock: LockReference, in mailbox: Mailbox) throws -> Bool {
        guard try deliveryCount(lock, mailbox) != nil else { return false }
        try store.delete(lock.sequence)
        return true
    }

    mutating func abandon(_ lock: LockReference, in mailbox: Mailbox) throws -> Bool {
        guard let count = try deliveryCount(lock, mailbox) else { return false }
        try free(lock.sequence, in: mailbox, deliveryCount: count)
        return true
    }

    func renew(_ lock: LockReference, in mailbox: Mailbox) throws -> Bool {
        guard try deliveryCount(lock, mailbox) != nil else { return false }
        try store.extend(lock.sequence, until: now + Double(mailbox.lockSeconds))
        return true
    }

    /// Takes back a delivery that reached nobody.
    mutating func takeBack(_ delivery: Delivery, in mailbox: Mailbox) throws {
        switch delivery.custody {
        case .locked(let lock, _):
            guard try deliveryCount(lock, mailbox) != nil else { return }
            try store.release(lock.sequence, wasDelivered: false)
        case .removed:
            guard let number = index.number(mailbox.path) else { return }
            try store.restore(delivery, to: number)
        }
        filled.insert(mailbox)
    }

    func counts(_ mailbox: Mailbox) throws -> MessageCounts {
        try index.number(mailbox.path).map(store.counts) ?? MessageCounts()
    }

    // MARK: What follows

    private func deliveryCount(_ lock: LockReference, _ mailbox: Mailbox) throws -> Int? {
        guard let number = index.number(mailbox.path) else { return nil }
        return try store.deliveryCount(lock, in: number, now: now)
    }

    private func take(_ waiter: WaitingReceivers.Waiter) throws -> Delivery? {
        guard let number = index.number(waiter.mailbox.path) else { return nil }
        return switch waiter.mode {
        case .peekLock: try store.lock(in: waiter.mailbox, number: number, now: now)
        case .receiveAndDelete: try store.remove(from: waiter.mailbox, number: number, now: now)
        }
    }

    private mutating func settleDue() throws {
        // What a lock set free may be due itself, because its life has ended.
        var settled = 0
        while settled < Self.dueLimit {
            let due = try store.due(now: now, limit: Self.dueLimit - settled)
            guard !due.isEmpty else { return }
            for message in due { try settle(message) }
            settled += due.count
        }
        hasMoreDue = true
    }

    private mutating func settle(_ due: MessageStore.Due) throws {
        guard let mailbox = index.mailbox(due.mailbox) else { return }
        switch due.state {
        case .active: try giveUp(due.sequence, in: mailbox, .expired)
        case .locked: try free(due.sequence, in: mailbox, deliveryCount: due.deliveryCount)
        case .scheduled:
            try store.activate(due.sequence)
            filled.insert(mailbox)
        }
    }

    private mutating func free(_ sequence: Int64, in mailbox: Mailbox, deliveryCount: Int) throws {
        if let limit = mailbox.maxDeliveries, deliveryCount >= limit {
            try giveUp(sequence, in: mailbox, .maxDeliveries(limit))
        } else {
            try store.release(sequence, wasDelivered: true)
            filled.insert(mailbox)
        }
    }

    private mutating func giveUp(_ sequence: Int64, in mailbox: Mailbox, _ reason: DeadLetterReason) throws {
        guard let path = mailbox.deadLetters, let dead = entities.mailbox(path), let number = index.number(path) else {
            return try store.delete(sequence)
        }
        try store.bury(sequence, in: number, source: mailbox.path, reason: reason)
        filled.insert(dead)
    }

    private mutating func serveWaiting() throws {
        for mailbox in filled.sorted(by: { $0.path < $1.path }) {
            while let waiter = waiting.first(for: mailbox), let delivery = try take(waiter) {
                waiting.removeFirst(for: mailbox)
                completions.append { waiter.resume(.success(delivery)) }
            }
        }
    }
}

/// Something that the broker was asked to do.
struct BrokerOperation: Sendable {
    /// Does it, within a transaction, and leaves the answer among the turn's completions.
    let run: @Sendable (inout Turn) throws -> Void
    /// Tells that the transaction failed.
    let fail: @Sendable (any Error) -> Void
}

/// Why the broker did not do what it was asked.
enum BrokerError: Error, Sendable, Hashable {
    case unknownEntity
    /// The lock ran out, or never was.
    case lockLost
    /// The broker does not run, or no longer.
    case stopped
}

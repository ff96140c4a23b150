import Synchronization

#if canImport(FoundationEssentials)
public import struct FoundationEssentials.Date
#else
public import struct Foundation.Date
#endif

/// A queue in memory that behaves like one of Service Bus: locks, delivery counts, deduplication, scheduled messages.
///
/// What it holds is gone with the process.
public final class InMemoryQueue: MessageSender, MessageReceiver {
    /// How a queue treats its messages.
    public struct Rules: Sendable, Hashable {
        public var lock: Duration
        public var maxDeliveries: Int
        /// How long repeats of a message id are dropped; `nil` never.
        public var deduplication: Duration?
        /// How many messages it holds at most, locked and scheduled ones included.
        public var capacity: Int

        public init(
            lock: Duration = .seconds(60),
            maxDeliveries: Int = 10,
            deduplication: Duration? = nil,
            capacity: Int = 10_000
        ) {
            self.lock = lock
            self.maxDeliveries = maxDeliveries
            self.deduplication = deduplication
            self.capacity = capacity
        }
    }

    private let rules: Rules
    private let deadLetters: InMemoryQueue?
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> Date
    private let state: Mutex<InMemoryQueueState>
    private let changes = Signal()

    /// Makes an empty queue.
    ///
    /// - Parameters:
    ///   - rules: How it treats its messages.
    ///   - deadLetters: Where messages go that were tried too often; without it they are dropped.
    ///   - clock: Measures waits.
    ///   - now: Tells the time; it must move with the clock.
    public init(
        rules: Rules = Rules(),
        deadLetters: InMemoryQueue? = nil,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.rules = rules
        self.deadLetters = deadLetters
        self.clock = clock
        self.now = now
        self.state = Mutex(InMemoryQueueState(rules: rules))
    }

    /// How many messages it holds, locked and scheduled ones included.
    public var count: Int { state.withLock { $0.count } }

    public func send(_ messages: [OutgoingMessage]) throws {
        try state.withLock { try $0.send(messages, now: now()) }
        changes.send()
    }

    public func receive(waitingAtMost wait: Duration) async throws -> ReceivedMessage? {
        let deadline = now().addingTimeInterval(wait.seconds)
        while true {
            // Looked at before the state, so that no change between the two is missed.
            let seen = changes.count
            let (message, nextChange) = try turn { state, now in (state.take(now: now), state.nextChange()) }
            if let message { return message }
            let now = now()
            guard now < deadline else { return nil }
            let wake = min(nextChange ?? deadline, deadline)
            try await changes.wait(after: seen, atMost: .seconds(wake.timeIntervalSince(now)), clock: clock)
        }
    }

    public func complete(_ lock: MessageLock) throws {
        try turn { state, now throws(MessagingError) in try state.complete(lock, now: now) }
    }

    public func abandon(_ lock: MessageLock) throws {
        let exhausted = try turn { state, now throws(MessagingError) in try state.abandon(lock, now: now) }
        if let exhausted { bury([exhausted]) }
        changes.send()
    }

    public func renew(_ lock: MessageLock) throws {
        try turn { state, now throws(MessagingError) in try state.renew(lock, now: now) }
    }

    /// Looks at the state as it is now, after what time alone has changed.
    private func turn<Value: Sendable>(
        _ body: (inout InMemoryQueueState, Date) throws(MessagingError) -> Value
    ) throws -> Value {
        let now = now()
        let (exhausted, result) = state.withLock { state in
            let exhausted = state.pass(to: now)
            return (exhausted, Result { () throws(MessagingError) in try body(&state, now) })
        }
        bury(exhausted)
        return try result.get()
    }

    /// Moves messages that were tried too often; no limit applies, or they would be lost.
    private func bury(_ messages: [OutgoingMessage]) {
        guard let deadLetters, !messages.isEmpty else { return }
        let now = now()
        let reason = RejectedMessage.maxDeliveryCountExceeded(rules.maxDeliveries)
        deadLetters.state.withLock { state in
            for message in messages { state.append(message.deadLetter(reason), now: now) }
        }
        deadLetters.changes.send()
    }
}

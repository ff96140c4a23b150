public import Logging
public import ServiceLifecycle

#if canImport(FoundationEssentials)
public import struct FoundationEssentials.Date
#else
public import struct Foundation.Date
#endif

/// Takes messages from a queue and hands each to a handler, for as long as the service runs.
///
/// ```swift
/// let pump = MessagePump(from: queue, deadLetters: dead, logger: logger) { message in
///     guard let job = Job(message.body) else {
///         throw RejectedMessage(reason: "NoJob", description: "the body is not a job")
///     }
///     try await work(on: job)
/// }
/// ```
///
/// - A handler that returns completes its message. The lock is renewed while it works; when the lock is lost all the
///   same, the handler is cancelled, because somebody else may have the message now.
/// - ``RejectedMessage`` makes the message a dead letter at once.
/// - Any other error gives it back after a pause that grows with the delivery count; the message keeps its lock
///   meanwhile, but not its place among those that are handled, so that it holds up no other. Where very many wait,
///   the next ones are left to their locks, and come again when these run out.
/// - A message that was delivered too often becomes a dead letter with the reason `MaxDeliveryCountExceeded`.
///
/// A dead letter is a copy in the queue `deadLetters`; without one, the message is given back and the broker's own rule
/// applies. On graceful shutdown the pump takes nothing more and finishes what is in hand; what takes longer than
/// ``Rules/shutdownTime`` is cancelled and given back.
public struct MessagePump: Service {
    public typealias Handler = @Sendable (ReceivedMessage) async throws -> Void

    /// How a pump goes about its work.
    public struct Rules: Sendable {
        /// Messages that are handled at the same time, at most.
        public var concurrency: Int
        /// Deliveries after which a message becomes a dead letter.
        public var maxDeliveries: Int
        /// How long one request waits for a message.
        public var wait: Duration
        /// The pause before a failed message may be tried again.
        public var handlerBackoff: Backoff
        /// The pause before a broker that is away is asked again.
        public var brokerBackoff: Backoff
        /// How long handlers may go on once the service is told to stop.
        public var shutdownTime: Duration

        public init(
            concurrency: Int = 8,
            maxDeliveries: Int = 10,
            wait: Duration = .seconds(55),
            handlerBackoff: Backoff = Backoff(first: .seconds(1), limit: .seconds(60)),
            brokerBackoff: Backoff = Backoff(first: .milliseconds(500), limit: .seconds(30)),
            shutdownTime: Duration = .seconds(20)
        ) {
            self.concurrency = concurrency
            self.maxDeliveries = maxDeliveries
            self.wait = wait
            self.handlerBackoff = handlerBackoff
            self.brokerBackoff = brokerBackoff
            self.shutdownTime = shutdownTime
        }
    }

    let receiver: any MessageReceiver
    let rules: Rules
    let clock: any Clock<Duration>
    let jitter: Jitter
    let logger: Logger
    let worker: MessageWorker

    /// Describes a pump; it takes nothing until it runs.
    ///
    /// - Parameters:
    ///   - receiver: Where messages come from.
    ///   - deadLetters: Where messages go that are given up.
    ///   - rules: How it goes about its work.
    ///   - clock: Measures pauses.
    ///   - now: Tells the time; it must move with the clock.
    ///   - jitter: Spreads pauses.
    ///   - logger: Is told ids, subjects and delivery counts, never bodies.
    ///   - handler: Does the work; called for several messages at once.
    public init(
        from receiver: any MessageReceiver,
        deadLetters: (any MessageSender)? = nil,
        rules: Rules = Rules(),
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date = { Date() },
        jitter: @escaping Jitter = randomJitter,
        logger: Logger,
        handler: @escaping Handler
    ) {
        self.receiver = receiver
        self.rules = rules
        self.clock = clock
        self.jitter = jitter
        self.logger = logger
        self.worker = MessageWorker(
            receiver: receiver,
            rules: rules,
            renewal: LockRenewal(receiver: receiver, clock: clock, now: now),
            clock: clock,
            jitter: jitter,
            logger: logger,
            trial: MessageTrial(
                deadLetters: deadLetters,
                maxDeliveries: rules.maxDeliveries,
                logger: logger,
                handler: handler
            )
        )
    }

    /// Pumps until the service is told to stop; errors of handlers and brokers never end it.
    public func run() async throws {
        let interrupted = await withTaskGroup(of: PumpEvent.self) { group in
            var run = PumpRun(self)
            run.start(in: &group)
            while let event = await group.next() {
                run.follow(event, in: &group)
            }
            return run.interrupted
        }
        await giveBack(interrupted)
    }

    /// Gives back what handlers were cancelled over; what fails to be given back comes free with its lock's end.
    private func giveBack(_ locks: [MessageLock]) async {
        await withTaskGroup(of: Void.self) { group in
            for lock in locks {
                group.addTask {
                    do {
                        try await receiver.abandon(lock)
                    } catch {
                        logger.warning("A message could not be given back", metadata: ["error": "\(error)"])
                    }
                }
            }
        }
    }
}

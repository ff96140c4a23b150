public import Redis

import Synchronization
import WebFormats

#if canImport(FoundationEssentials)
public import struct FoundationEssentials.Date
#else
public import struct Foundation.Date
#endif

/// A queue in a Redis server, that behaves like one of Service Bus: locks, delivery counts, dead letters,
/// deduplication, scheduled messages.
///
/// Everything that has more than one step is one script, so that no moment exists at which a message is nowhere or in
/// two hands. What a server has answered survives its end only as far as it writes to disk: `appendonly yes` with
/// `appendfsync always` keeps the promise of ``MessageSender``; `everysec`, its default, may lose a second.
/// Source: redis.io/docs/latest/operate/oss_and_stack/management/persistence
public struct RedisQueue: MessageSender, MessageReceiver {
    /// How a queue treats its messages; all who use it must say the same.
    public struct Rules: Sendable, Hashable {
        public var lock: Duration
        public var maxDeliveries: Int
        /// How long repeats of a message id are dropped; `nil` never.
        public var deduplication: Duration?
        /// How many messages it holds at most, locked and scheduled ones included.
        public var capacity: Int
        /// How long a consumer that holds nothing is remembered.
        public var consumerLifetime: Duration

        public init(
            lock: Duration = .seconds(60),
            maxDeliveries: Int = 10,
            deduplication: Duration? = nil,
            capacity: Int = 1_000_000,
            consumerLifetime: Duration = .seconds(3600)
        ) {
            self.lock = lock
            self.maxDeliveries = maxDeliveries
            self.deduplication = deduplication
            self.capacity = capacity
            self.consumerLifetime = consumerLifetime
        }
    }

    /// In braces, so that a cluster keeps all queues together and a script may reach two of them.
    public static let prefix = "{queues}"

    public let name: String
    let rules: Rules
    private let client: RedisClient
    private let keys: [String]
    private let consumer: String
    private let clock: any Clock<Duration>
    private let now: (@Sendable () -> Date)?
    private let sweeping = Sweeping()

    /// Describes a queue; it is made when the first message is sent or asked for.
    ///
    /// - Parameters:
    ///   - name: The queue.
    ///   - client: Talks to the server; it must run.
    ///   - rules: How the queue treats its messages.
    ///   - deadLetters: The name of the queue for messages that were tried too often; without one they are dropped.
    ///   - consumer: Who takes messages, as the server is told; different for each process.
    ///   - clock: Measures waits.
    ///   - now: Tells the time; where it is not given the server does, so that no two processes can differ.
    public init(
        _ name: String,
        client: RedisClient,
        rules: Rules = Rules(),
        deadLetters: String? = nil,
        consumer: String = RedisQueue.newConsumer(),
        clock: any Clock<Duration> = ContinuousClock(),
        now: (@Sendable () -> Date)? = nil
    ) {
        self.name = name
        self.client = client
        self.rules = rules
        self.keys = RedisQueueScripts.keys(of: name, deadLetters: deadLetters, prefix: Self.prefix)
        self.consumer = consumer
        self.clock = clock
        self.now = now
    }

    // MARK: Sending

    public func send(_ messages: [OutgoingMessage]) async throws {
        for message in messages { try message.check() }
        if messages.isEmpty { return }
        let window = rules.deduplication.map { String($0.milliseconds) } ?? ""
        let rules: [RedisCommand.Argument] = [.init(window), .init(rules.capacity)]
        _ = try await run(RedisQueueScripts.send, rules + messages.flatMap(\.redisArguments))
    }

    // MARK: Receiving

    public func receive(waitingAtMost wait: Duration) async throws -> ReceivedMessage? {
        try await sweep()
        var deadline: Int?
        while true {
            let taken = try await run(
                RedisQueueScripts.take,
                [.init(rules.lock.milliseconds), .init(consumer), .init(rules.maxDeliveries)]
            )
            switch try RedisTaken(taken) {
            case .message(let message): return message
            case .nothing(let nothing):
                let end = deadline ?? nothing.now + wait.milliseconds
                deadline = end
                guard nothing.now < end else { return nil }
                let wake = min(nothing.nextChange ?? end, end)
                try await self.wait(for: .milliseconds(max(1, wake - nothing.now)), after: nothing.bell)
            }
        }
    }

    /// Waits for the bell, but not longer than this.
    ///
    /// Nothing is taken here, so whoever leaves while waiting leaves everything to others.
    private func wait(for limit: Duration, after bell: String) async throws {
        let key = RedisCommand.Argument(RedisQueueScripts.bell(keys))
        let command = RedisCommand("XREAD", "BLOCK", .init(limit.milliseconds), "STREAMS", key, .init(bell))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await translated { try await client.send(command, waitingAtMost: limit) } }
            group.addTask { try await clock.sleep(for: limit) }
            defer { group.cancelAll() }
            try await group.next()
        }
        try Task.checkCancellation()
    }

    // MARK: Settling

    public func complete(_ lock: MessageLock) async throws {
        try await settle(lock, RedisQueueScripts.complete)
    }

    public func abandon(_ lock: MessageLock) async throws {
        try await settle(lock, RedisQueueScripts.abandon, .init(rules.maxDeliveries))
    }

    public func renew(_ lock: MessageLock) async throws {
        try await settle(lock, RedisQueueScripts.renew, .init(rules.lock.milliseconds), .init(consumer))
    }

    /// Moves a message to the dead letters, with the reason.
    public func deadLetter(_ lock: MessageLock, _ rejection: RejectedMessage) async throws {
        let properties = rejection.properties
        let texts = [RejectedMessage.reasonProperty, RejectedMessage.descriptionProperty].map { properties[$0] ?? "" }
        try await settle(lock, RedisQueueScripts.reject, .init(texts[0]), .init(texts[1]))
    }

    private func settle(
        _ lock: MessageLock,
        _ script: RedisScript,
        _ arguments: RedisCommand.Argument...
    ) async throws {
        guard let entry = RedisEntryLock(lock) else { throw MessagingError.lockLost }
        let answer = try await run(script, [.init(entry.id), .init(entry.delivery)] + arguments)
        guard answer.integer == 1 else { throw MessagingError.lockLost }
    }

    // MARK: The server

    private func run(_ script: RedisScript, _ arguments: [RedisCommand.Argument]) async throws -> RedisValue {
        let time = now.map { String(Int(($0().timeIntervalSince1970 * 1000).rounded())) } ?? ""
        return try await translated { try await client.run(script, keys: keys, [.init(time)] + arguments) }
    }

    private func translated<Value>(_ operation: () async throws -> Value) async throws -> Value {
        do {
            return try await operation()
        } catch let error as RedisError {
            throw MessagingError(error)
        }
    }

    /// Forgets consumers that are gone, from time to time.
    private func sweep() async throws {
        guard sweeping.isDue(every: rules.consumerLifetime / 4) else { return }
        _ = try await run(RedisQueueScripts.sweep, [.init(rules.consumerLifetime.milliseconds)])
    }
}

extension RedisQueue {
    /// A name that no other consumer has.
    public static func newConsumer() -> String {
        (0..<8).map { _ in UInt8.random(in: .min ... .max) }.hexadecimal
    }
}

/// Remembers when consumers were looked through.
private final class Sweeping: Sendable {
    private let last = Mutex<ContinuousClock.Instant?>(nil)

    func isDue(every pause: Duration) -> Bool {
        let now = ContinuousClock.now
        return last.withLock { last in
            if let last, last + pause > now { return false }
            last = now
            return true
        }
    }
}

extension Duration {
    /// Whole milliseconds, rounded up.
    var milliseconds: Int {
        let (seconds, rest) = components
        return Int(seconds) * 1000 + Int((rest + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}

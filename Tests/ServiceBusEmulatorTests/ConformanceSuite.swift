import Messaging
import Redis
import RedisServer
import ServiceBusEmulator
import TestInstruments

/// The queues that must behave alike.
enum QueueKind {
    /// ``InMemoryQueue``.
    case memory
    /// ``ServiceBusQueue``, over a socket to the emulator.
    case serviceBus
    /// ``RedisQueue``, over a socket to a real server.
    case redis

    /// Those that can be tested here.
    static let all: [QueueKind] = [.memory, .serviceBus] + (RedisServer.isExpected ? [.redis] : [])
}

/// How the queue of a test treats its messages; times are seconds.
struct QueueRules {
    var lock = 30
    var maxDeliveries = 10
    var deduplication: Int?
}

/// Runs a test with an empty queue of this kind.
func withQueue(
    _ kind: QueueKind,
    _ rules: QueueRules = QueueRules(),
    _ body: @Sendable (_ queue: any MessageQueue, _ clock: TestClock) async throws -> Void
) async throws {
    try await withQueues(kind, rules) { queue, _, clock in try await body(queue, clock) }
}

/// Runs a test with an empty queue of this kind, and the one that its dead letters go to.
func withQueues(
    _ kind: QueueKind,
    _ rules: QueueRules = QueueRules(),
    _ body:
        @Sendable (
            _ queue: any MessageQueue, _ deadLetters: any MessageReceiver, _ clock: TestClock
        ) async throws -> Void
) async throws {
    let clock = TestClock()
    switch kind {
    case .memory:
        let dead = InMemoryQueue(clock: clock, now: { clock.date })
        let rules = InMemoryQueue.Rules(
            lock: .seconds(rules.lock),
            maxDeliveries: rules.maxDeliveries,
            deduplication: rules.deduplication.map { .seconds($0) }
        )
        try await body(InMemoryQueue(rules: rules, deadLetters: dead, clock: clock, now: { clock.date }), dead, clock)
    case .serviceBus:
        let entity = BrokerConfiguration.Queue(
            "jobs",
            maxDeliveries: rules.maxDeliveries,
            lockSeconds: rules.lock,
            deduplicationSeconds: rules.deduplication
        )
        try await withEmulator(BrokerConfiguration(queues: [entity]), clock: clock) { harness in
            try await body(harness.queue("jobs"), harness.queue("jobs/$deadletterqueue"), clock)
        }
    case .redis:
        try await RedisServer.run { server in
            try await RedisClient.run(server.address) { client in
                let dead = RedisQueue("dead", client: client, rules: .init(), clock: clock)
                let rules = RedisQueue.Rules(rules)
                let queue = RedisQueue("jobs", client: client, rules: rules, deadLetters: "dead", clock: clock)
                try await body(queue, dead, clock)
            }
        }
    }
}

extension RedisQueue {
    /// A queue whose time is that of a test.
    init(_ name: String, client: RedisClient, rules: Rules, deadLetters: String? = nil, clock: TestClock) {
        self.init(name, client: client, rules: rules, deadLetters: deadLetters, clock: clock, now: { clock.date })
    }
}

extension RedisQueue.Rules {
    init(_ rules: QueueRules) {
        self.init(
            lock: .seconds(rules.lock),
            maxDeliveries: rules.maxDeliveries,
            deduplication: rules.deduplication.map { .seconds($0) }
        )
    }
}

extension MessageReceiver {
    /// Takes a message that is there.
    func take() async throws -> ReceivedMessage? {
        try await receive(waitingAtMost: .zero)
    }
}

extension OutgoingMessage {
    init(_ id: String, _ text: String = "{}") {
        self.init(id: id, body: Array(text.utf8))
    }
}

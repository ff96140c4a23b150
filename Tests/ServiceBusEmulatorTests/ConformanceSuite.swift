import Messaging
import ServiceBusEmulator
import TestInstruments

/// The queues that must behave alike.
enum QueueKind: CaseIterable {
    /// ``InMemoryQueue``.
    case memory
    /// ``ServiceBusQueue``, over a socket to the emulator.
    case serviceBus
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
    _ body: (_ queue: any MessageQueue, _ clock: TestClock) async throws -> Void
) async throws {
    let clock = TestClock()
    switch kind {
    case .memory:
        let queue = InMemoryQueue(
            rules: .init(
                lock: .seconds(rules.lock),
                maxDeliveries: rules.maxDeliveries,
                deduplication: rules.deduplication.map { .seconds($0) }
            ),
            clock: clock,
            now: { clock.date }
        )
        try await body(queue, clock)
    case .serviceBus:
        let entity = BrokerConfiguration.Queue(
            "jobs",
            maxDeliveries: rules.maxDeliveries,
            lockSeconds: rules.lock,
            deduplicationSeconds: rules.deduplication
        )
        try await withEmulator(BrokerConfiguration(queues: [entity]), clock: clock) { harness in
            try await body(harness.queue("jobs"), clock)
        }
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

import Messaging
import Testing
import TestInstruments

/// What only the queue in memory has; the rest is in the conformance suite.
@Suite struct InMemoryQueueTests {
    private let clock = TestClock()

    private func queue(_ rules: InMemoryQueue.Rules, deadLetters: InMemoryQueue? = nil) -> InMemoryQueue {
        InMemoryQueue(rules: rules, deadLetters: deadLetters, clock: clock, now: { [clock] in clock.date })
    }

    @Test func `a full queue takes nothing until something is completed`() async throws {
        let queue = queue(.init(capacity: 2))
        try queue.send([OutgoingMessage(id: "a", body: []), OutgoingMessage(id: "b", body: [])])
        #expect(throws: MessagingError.tooLarge) { try queue.send([OutgoingMessage(id: "c", body: [])]) }
        let message = try #require(try await queue.receive(waitingAtMost: .zero))
        #expect(throws: MessagingError.tooLarge) { try queue.send([OutgoingMessage(id: "c", body: [])]) }
        try queue.complete(message.lock)
        try queue.send([OutgoingMessage(id: "c", body: [])])
        #expect(queue.count == 2)
    }

    @Test func `what was tried too often moves on with its reason, however full the other queue is`() async throws {
        let dead = queue(.init(capacity: 0))
        let queue = queue(.init(lock: .seconds(10), maxDeliveries: 1), deadLetters: dead)
        try queue.send([OutgoingMessage(id: "abandoned", body: [1]), OutgoingMessage(id: "expired", body: [])])
        try queue.abandon(try #require(try await queue.receive(waitingAtMost: .zero)).lock)
        _ = try #require(try await queue.receive(waitingAtMost: .zero))
        clock.advance(by: .seconds(10))
        #expect(try await queue.receive(waitingAtMost: .zero) == nil)
        let letter = try #require(try await dead.receive(waitingAtMost: .zero))
        #expect(letter.id == "abandoned")
        #expect(letter.body == [1])
        #expect(letter.properties["DeadLetterReason"] == "MaxDeliveryCountExceeded")
        #expect(try await dead.receive(waitingAtMost: .zero)?.id == "expired")
    }
}

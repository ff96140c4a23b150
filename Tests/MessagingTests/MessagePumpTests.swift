import Logging
import Messaging
import ServiceLifecycle
import Testing
import TestInstruments

private struct Broken: Error {}

@Suite(.timeLimit(.minutes(1))) struct MessagePumpTests {
    @Test func `a handled message is completed`() async throws {
        let harness = PumpHarness()
        try harness.send("a", "b", "c")
        try await harness.run { _ in
        } _: { _ in
            await harness.queue.journal.wait(for: 3)
        }
        #expect(Set(harness.handled.lines) == ["a 1", "b 1", "c 1"])
        #expect(harness.queue.journal.lines == ["complete", "complete", "complete"])
        #expect(harness.queue.queue.count == 0)
    }

    @Test func `no more messages are in hand than the limit`() async throws {
        let harness = PumpHarness()
        try harness.send("a", "b", "c", "d", "e")
        let inHand = Shared((now: 0, most: 0))
        let gate = Gate()
        try await harness.run { _ in
            inHand.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
            await gate.wait()
            inHand.withLock { $0.now -= 1 }
        } _: { _ in
            await harness.handled.wait(for: 2)
            #expect(harness.queue.queue.count == 5)
            gate.open()
            await harness.queue.journal.wait(for: 5)
        }
        #expect(inHand.withLock { $0.most } == 2)
    }

    @Test func `a rejected message becomes a dead letter at once`() async throws {
        let harness = PumpHarness()
        try harness.send("a", subject: "s")
        try await harness.run { _ in
            throw RejectedMessage(reason: "NoJob", description: "not a job")
        } _: { _ in
            await harness.queue.journal.wait(for: 1)
        }
        #expect(harness.queue.journal.lines == ["complete"])
        let letter = try #require(try await harness.dead.receive(waitingAtMost: .zero))
        #expect(letter.id == "a")
        #expect(letter.subject == "s")
        #expect(letter.body == Array("secret body".utf8))
        #expect(letter.properties["DeadLetterReason"] == "NoJob")
        #expect(letter.properties["DeadLetterErrorDescription"] == "not a job")
    }

    @Test func `a failed message waits with its lock, longer each time, and then becomes a dead letter`() async throws {
        let harness = PumpHarness(lock: .seconds(300))
        try harness.send("a")
        try await harness.run { _ in
            throw Broken()
        } _: { _ in
            await harness.clock.waitForSleeper(of: .seconds(4))
            #expect(harness.queue.journal.lines == [])
            harness.clock.advance(by: .seconds(4))
            await harness.clock.waitForSleeper(of: .seconds(8))
            #expect(harness.queue.journal.lines == ["abandon"])
            harness.clock.advance(by: .seconds(8))
            await harness.queue.journal.wait(for: 3)
        }
        #expect(harness.handled.lines == ["a 1", "a 2", "a 3"])
        #expect(harness.queue.journal.lines == ["abandon", "abandon", "complete"])
        let letter = try #require(try await harness.dead.receive(waitingAtMost: .zero))
        #expect(letter.properties["DeadLetterReason"] == "MaxDeliveryCountExceeded")
    }

    @Test func `poison holds up no other message`() async throws {
        let harness = PumpHarness()
        try harness.send("poison", "poison", "poison", "a", "b")
        try await harness.run { message in
            if message.id == "poison" { throw Broken() }
        } _: { _ in
            // Nothing but the handling of the two sound ones lets this end: no time passes.
            await harness.queue.journal.wait(for: 2)
            #expect(harness.queue.journal.lines == ["complete", "complete"])
        }
        #expect(harness.queue.queue.count == 3)
    }

    @Test func `a flood of messages that fail holds up no other, and is not tried in one breath`() async throws {
        let harness = PumpHarness(lock: .seconds(60))
        for index in 0..<100 { try harness.send("poison \(index)") }
        try harness.send("sound")
        try await harness.run { message in
            if message.id != "sound" { throw Broken() }
        } _: { _ in
            // No time passes, so each is handled once: many wait, and the others are left to their locks.
            await harness.queue.journal.wait(for: 1)
            await harness.handled.wait(for: 101)
            #expect(harness.queue.journal.lines == ["complete"])
            #expect(Set(harness.handled.lines).count == 101)
            harness.clock.advance(by: .seconds(60))
            // At least those come again whose locks have run out: all but the 32 that wait, and those whose handlers were
            // just ending and had their locks renewed by the same leap.
            await harness.handled.wait(for: 101 + 68 - harness.rules.concurrency)
        }
        #expect(harness.queue.queue.count == 100)
        #expect(harness.dead.count == 0)
    }

    @Test func `without a dead-letter queue the broker's own rule applies`() async throws {
        let harness = PumpHarness(maxDeliveries: 2)
        try harness.send("a")
        try await harness.run(deadLetters: false) { _ in
            throw RejectedMessage(reason: "NoJob", description: "")
        } _: { _ in
            await harness.queue.journal.wait(for: 2)
        }
        #expect(harness.handled.lines == ["a 1", "a 2"])
        #expect(harness.queue.queue.count == 0)
    }

    @Test func `a dead-letter queue that is away delays the message, and loses nothing`() async throws {
        let harness = PumpHarness()
        let away = WatchedQueue(harness.dead)
        away.fail(with: .unavailable(reason: "away"))
        try harness.send("a")
        let clock = harness.clock
        let pump = MessagePump(
            from: harness.queue,
            deadLetters: away,
            rules: harness.rules,
            clock: clock,
            now: { clock.date },
            jitter: { 1 },
            logger: Logger(label: "pump") { _ in SwiftLogNoOpLogHandler() }
        ) { _ in throw RejectedMessage(reason: "x", description: "") }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await pump.run() }
            await clock.waitForSleeper(of: .seconds(4))
            away.fail(with: nil)
            clock.advance(by: .seconds(4))
            await harness.queue.journal.wait(for: 2)
            group.cancelAll()
        }
        #expect(harness.queue.journal.lines == ["abandon", "complete"])
        #expect(harness.dead.count == 1)
    }

    @Test func `the lock is renewed while the handler works`() async throws {
        let harness = PumpHarness(lock: .seconds(20))
        try harness.send("a")
        let gate = Gate()
        try await harness.run { _ in
            await gate.wait()
        } _: { _ in
            for count in 1...5 {
                await harness.clock.waitForSleeper(of: .seconds(10))
                harness.clock.advance(by: .seconds(10))
                await harness.queue.journal.wait(for: count)
            }
            gate.open()
            await harness.queue.journal.wait(for: 6)
        }
        // Fifty seconds on a lock of twenty, and delivered once.
        #expect(harness.handled.lines == ["a 1"])
        #expect(harness.queue.queue.count == 0)
    }

    @Test func `a handler whose lock is lost is cancelled, and settles nothing`() async throws {
        let harness = PumpHarness(lock: .seconds(20))
        try harness.send("a")
        let isFirst = Shared(true)
        let cancelled = Journal()
        try await harness.run { _ in
            guard isFirst.withLock({ $0.exchange(false) }) else { return }
            do {
                try await harness.clock.sleep(for: .seconds(1000))
            } catch {
                cancelled.note("cancelled")
                throw error
            }
        } _: { _ in
            await harness.clock.waitForSleeper(of: .seconds(10))
            // The next request waits for the end of the lock, and the handler for longer.
            await harness.clock.waitForSleeper(of: .seconds(20))
            await harness.clock.waitForSleeper(of: .seconds(1000))
            // The lock ends before the renewal comes to it.
            harness.clock.advance(by: .seconds(21))
            await cancelled.wait(for: 1)
            await harness.handled.wait(for: 2)
            await harness.queue.journal.wait(for: 2)
        }
        #expect(harness.handled.lines == ["a 1", "a 2"])
        #expect(harness.queue.journal.lines == ["renew", "complete"])
    }

    @Test func `a broker that is away is asked again ever more patiently, with one line in the log`() async throws {
        let harness = PumpHarness()
        harness.queue.fail(with: .unavailable(reason: "away"))
        try harness.send("a")
        try await harness.run { _ in
        } _: { _ in
            for seconds in [1, 2, 4, 8, 16, 30, 30] {
                await harness.clock.waitForSleeper(of: .seconds(seconds))
                if seconds == 16 { harness.queue.fail(with: .unauthorized) }
                harness.clock.advance(by: .seconds(seconds))
            }
            await harness.clock.waitForSleeper(of: .seconds(30))
            harness.queue.fail(with: nil)
            harness.clock.advance(by: .seconds(30))
            await harness.queue.journal.wait(for: 1)
        }
        #expect(
            harness.log.lines == [
                "error No messages can be received; trying again error=unavailable(reason: \"away\")",
                "error No messages can be received; trying again error=unauthorized",
                "info Messages can be received again",
            ]
        )
    }

    @Test func `the log names messages and never shows a body`() async throws {
        struct Quoting: Error { let body: String }
        let harness = PumpHarness()
        try harness.send("a", subject: "s")
        try await harness.run { message in
            throw Quoting(body: String(decoding: message.body, as: UTF8.self))
        } _: { _ in
            await harness.log.wait(for: 1)
        }
        #expect(
            harness.log.lines.first
                == "warning A message could not be handled delivery=1 error=Quoting message_id=a subject=s"
        )
        #expect(!harness.log.lines.joined().contains("secret body"))
    }

    @Test func `shutdown finishes what is in hand and takes nothing more`() async throws {
        let harness = PumpHarness()
        try harness.send("a")
        let gate = Gate()
        try await harness.run { _ in
            await gate.wait()
        } _: { group in
            await harness.handled.wait(for: 1)
            await group.triggerGracefulShutdown()
            await harness.clock.waitForSleeper(of: .seconds(20))
            try harness.send("b")
            gate.open()
        }
        #expect(harness.handled.lines == ["a 1"])
        #expect(harness.queue.journal.lines == ["complete"])
        #expect(harness.queue.queue.count == 1)
    }

    @Test func `shutdown gives back what takes too long, and what waits`() async throws {
        let harness = PumpHarness()
        try harness.send("slow", "failed")
        try await harness.run { message in
            if message.id == "failed" { throw Broken() }
            try await harness.clock.sleep(for: .seconds(1000))
        } _: { group in
            await harness.clock.waitForSleeper(of: .seconds(4))
            await harness.clock.waitForSleeper(of: .seconds(1000))
            await group.triggerGracefulShutdown()
            await harness.clock.waitForSleeper(of: .seconds(20))
            // The failed one need not wait for the rest of its pause.
            await harness.queue.journal.wait(for: 1)
            harness.clock.advance(by: .seconds(20))
        }
        #expect(harness.queue.journal.lines.filter { $0 != "renew" } == ["abandon", "abandon"])
        #expect(try await harness.queue.queue.receive(waitingAtMost: .zero)?.deliveryCount == 2)
        #expect(try await harness.queue.queue.receive(waitingAtMost: .zero)?.deliveryCount == 2)
    }
}

/// Holds all who come until it is opened.
final class Gate: Sendable {
    private let state = Shared((isOpen: false, waiting: [CheckedContinuation<Void, Never>]()))

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

extension Bool {
    /// Takes a new value and returns the one before.
    fileprivate mutating func exchange(_ value: Bool) -> Bool {
        defer { self = value }
        return self
    }
}

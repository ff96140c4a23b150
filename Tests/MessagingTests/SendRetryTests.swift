import Testing
import TestInstruments

@testable import Messaging

@Suite(.timeLimit(.minutes(1))) struct SendRetryTests {
    private let clock = TestClock()

    private var retry: SendRetry {
        SendRetry(
            attempts: 3,
            backoff: Backoff(first: .seconds(1), limit: .seconds(10)),
            longestPause: .seconds(30),
            jitter: { 1 }
        ).timed(by: clock)
    }

    @Test func `waits double up to their limit and are spread over their second half`() {
        let backoff = Backoff(first: .seconds(1), limit: .seconds(5))
        #expect((1...5).map { backoff.delay(afterFailures: $0, jitter: 1) } == [1, 2, 4, 5, 5].map { .seconds($0) })
        #expect(backoff.delay(afterFailures: 2, jitter: 0) == .seconds(1))
        #expect(backoff.delay(afterFailures: 1000, jitter: 0.5) == .seconds(3.75))
    }

    @Test func `a busy broker is asked again after the pause that it wants`() async throws {
        let answers = Shared([7, 0])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [retry] in
                try await retry.run {
                    guard let next = answers.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { return }
                    throw TemporaryFailure(reason: "busy", retryAfter: next > 0 ? .seconds(next) : nil)
                }
            }
            await clock.waitForSleeper(of: .seconds(7))
            clock.advance(by: .seconds(7))
            // The second failure names no pause, so that our own applies.
            await clock.waitForSleeper(of: .seconds(2))
            clock.advance(by: .seconds(2))
            try await group.waitForAll()
        }
    }

    @Test func `after the last try it gives up`() async throws {
        let tries = Shared(0)
        await #expect(throws: MessagingError.unavailable(reason: "away")) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [retry] in
                    try await retry.run {
                        tries.withLock { $0 += 1 }
                        throw TemporaryFailure(reason: "away", retryAfter: nil)
                    }
                }
                for seconds in [1, 2] {
                    await clock.waitForSleeper(of: .seconds(seconds))
                    clock.advance(by: .seconds(seconds))
                }
                try await group.waitForAll()
            }
        }
        #expect(tries.withLock { $0 } == 3)
    }

    @Test func `a pause beyond all patience fails at once`() async {
        await #expect(throws: MessagingError.unavailable(reason: "busy")) {
            try await retry.run { throw TemporaryFailure(reason: "busy", retryAfter: .seconds(31)) }
        }
    }

    @Test func `what no repetition helps is not repeated`() async {
        let tries = Shared(0)
        await #expect(throws: MessagingError.unauthorized) {
            try await retry.run {
                tries.withLock { $0 += 1 }
                throw MessagingError.unauthorized
            }
        }
        #expect(tries.withLock { $0 } == 1)
    }
}

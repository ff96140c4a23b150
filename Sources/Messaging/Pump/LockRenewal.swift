#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Keeps the lock of a message while something is done with it.
struct LockRenewal: Sendable {
    let receiver: any MessageReceiver
    let clock: any Clock<Duration>
    let now: @Sendable () -> Date

    /// The longest pause between two renewals, in seconds: less than any usual lock, so that a clock that differs from
    /// the broker's does no harm.
    private static let longestPause = 15.0
    /// The shortest pause, in seconds; Service Bus locks for no less than five.
    private static let shortestPause = 1.0

    enum Outcome<Value: Sendable>: Sendable {
        case finished(Value)
        case lockLost
    }

    /// Runs the work, and cancels it when the lock is lost.
    func holding<Value: Sendable>(
        _ message: ReceivedMessage,
        _ work: @escaping @Sendable () async -> Value
    ) async -> Outcome<Value> {
        let pause = pause(for: message)
        return await withTaskGroup(of: Outcome<Value>?.self) { group in
            group.addTask { .finished(await work()) }
            group.addTask { await keep(message.lock, pause) ? nil : .lockLost }
            while let outcome = await group.next() {
                guard let outcome else { continue }
                group.cancelAll()
                return outcome
            }
            return .lockLost
        }
    }

    /// Renews until it is cancelled; `false` when the lock was lost.
    private func keep(_ lock: MessageLock, _ pause: Duration) async -> Bool {
        var next = pause
        while true {
            do {
                try await clock.sleep(for: next)
                try await receiver.renew(lock)
                next = pause
            } catch MessagingError.lockLost {
                return false
            } catch {
                if Task.isCancelled { return true }
                // The broker is away; there may be time left for another try.
                next = pause / 4
            }
        }
    }

    private func pause(for message: ReceivedMessage) -> Duration {
        let left = message.lockedUntil.timeIntervalSince(now())
        return .seconds(min(max(left / 2, Self.shortestPause), Self.longestPause))
    }
}

#if canImport(FoundationEssentials)
public import struct FoundationEssentials.Date
#else
public import struct Foundation.Date
#endif

/// The time as this module sees it: pauses, limits and the date.
public struct TimeSource: Sendable {
    /// Measures pauses, and the time that operations take in all.
    public let clock: any Clock<Duration>
    private let limitClock: any Clock<Duration>
    public let now: @Sendable () -> Date

    /// Brings clocks together.
    ///
    /// - Parameters:
    ///   - clock: Measures pauses, and the time that operations take in all.
    ///   - limitClock: Measures how long one answer may take.
    ///   - now: Tells the date, by which tokens expire.
    public init(
        clock: any Clock<Duration> = ContinuousClock(),
        limitClock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.clock = clock
        self.limitClock = limitClock
        self.now = now
    }

    /// Waits, unless the task is cancelled.
    public func pause(for duration: Duration) async throws {
        try await clock.sleep(for: duration)
    }

    /// Tells from now on how much time has passed.
    public func stopwatch() -> @Sendable () -> Duration {
        Self.stopwatch(by: clock)
    }

    private static func stopwatch<C: Clock<Duration>>(by clock: C) -> @Sendable () -> Duration {
        let start = clock.now
        return { start.duration(to: clock.now) }
    }

    /// Gives an operation this long, then cancels it.
    ///
    /// - Throws: ``TimeLimitExceeded``, or what the operation throws.
    func limited<Value: Sendable>(
        to limit: Duration,
        _ operation: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await operation() }
            group.addTask {
                try await limitClock.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() ?? nil else { throw TimeLimitExceeded() }
            return value
        }
    }
}

/// An operation took longer than it was given.
struct TimeLimitExceeded: Error {}

extension Duration {
    /// In whole seconds where it is a second or more: `12 s`, `250 ms`.
    var words: String {
        self < .seconds(1) ? "\(Int(self / .milliseconds(1))) ms" : "\(components.seconds) s"
    }
}

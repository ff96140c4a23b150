/// How long to wait before the next try: twice as long each time up to a limit, spread at random.
///
/// The spread keeps many waiting clients from coming back at the same moment.
/// Source: aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter ("equal jitter").
public struct Backoff: Sendable, Hashable {
    /// The wait before the second try, before it is spread.
    public var first: Duration
    /// The longest wait.
    public var limit: Duration

    public init(first: Duration, limit: Duration) {
        self.first = first
        self.limit = limit
    }

    /// The wait after so many failures, 1 being the first.
    ///
    /// - Parameters:
    ///   - failures: How often it has failed in a row.
    ///   - jitter: 0 for the shortest wait, half of the full one; 1 for the full one.
    /// - Returns: Between a half and the whole of the full wait.
    public func delay(afterFailures failures: Int, jitter: Double) -> Duration {
        // Thirty doublings of a nanosecond exceed a second; more would only overflow.
        let doublings = min(max(failures - 1, 0), 30)
        let full = min(first * (1 << doublings), limit)
        return full / 2 + full / 2 * min(max(jitter, 0), 1)
    }
}

/// Gives a number from 0 to 1, to spread waits with.
public typealias Jitter = @Sendable () -> Double

/// Jitter for production: every number is equally likely.
@Sendable
public func randomJitter() -> Double {
    Double.random(in: 0...1)
}

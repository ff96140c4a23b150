/// How often and how patiently sending is tried.
///
/// Repeating is safe only because the broker drops a second message with the same id; a queue without
/// deduplication may get one twice.
public struct SendRetry: Sendable {
    /// Tries in all, the first included.
    public var attempts: Int
    public var backoff: Backoff
    /// The longest pause that a broker may ask for with `Retry-After`; beyond it, sending fails at once.
    public var longestPause: Duration
    public var jitter: Jitter
    private var clock: any Clock<Duration> = ContinuousClock()

    public init(
        attempts: Int = 5,
        backoff: Backoff = Backoff(first: .milliseconds(200), limit: .seconds(5)),
        longestPause: Duration = .seconds(30),
        jitter: @escaping Jitter = randomJitter
    ) {
        self.attempts = attempts
        self.backoff = backoff
        self.longestPause = longestPause
        self.jitter = jitter
    }

    func timed(by clock: any Clock<Duration>) -> SendRetry {
        var copy = self
        copy.clock = clock
        return copy
    }

    /// Runs an operation until it succeeds, fails for good, or has been tried often enough.
    func run(_ operation: () async throws -> Void) async throws {
        var failures = 0
        while true {
            do {
                return try await operation()
            } catch let failure as TemporaryFailure {
                failures += 1
                let pause = max(failure.retryAfter ?? .zero, backoff.delay(afterFailures: failures, jitter: jitter()))
                guard failures < attempts, failure.retryAfter ?? .zero <= longestPause else {
                    throw MessagingError.unavailable(reason: failure.reason)
                }
                try await clock.sleep(for: pause)
            }
        }
    }
}

/// The broker is away or busy; another try may succeed.
struct TemporaryFailure: Error, Sendable, Hashable {
    let reason: String
    let retryAfter: Duration?
}

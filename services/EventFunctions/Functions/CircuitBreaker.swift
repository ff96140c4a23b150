import Synchronization

/// Leaves somebody alone who has failed several times in a row, so that waiting for him does not hold up everybody else.
///
/// After a while one call is let through; when it succeeds all are, and when it fails the pause starts anew.
/// Source: learn.microsoft.com/azure/architecture/patterns/circuit-breaker
final class CircuitBreaker: Sendable {
    private let state: Mutex<CircuitBreakerState>
    private let elapsed: @Sendable () -> Duration

    /// Starts closed: every call is let through.
    init<Time: Clock<Duration>>(clock: Time = ContinuousClock()) {
        let start = clock.now
        self.elapsed = { start.duration(to: clock.now) }
        self.state = Mutex(CircuitBreakerState())
    }

    /// Whether to call now.
    func admits() -> Bool { state.withLock { $0.admits(at: elapsed()) } }
    func succeeded() { state.withLock { $0.succeeded() } }
    func failed() { state.withLock { $0.failed(at: elapsed()) } }
}

/// What a circuit breaker knows, without a clock of its own.
struct CircuitBreakerState {
    /// Failures in a row that open it.
    static let threshold = 5
    static let pause = Duration.seconds(15)

    private var failures = 0
    private var openUntil: Duration?

    mutating func admits(at now: Duration) -> Bool {
        guard let openUntil else { return true }
        guard now >= openUntil else { return false }
        // The others wait for what becomes of this one.
        self.openUntil = now + Self.pause
        return true
    }

    mutating func succeeded() {
        failures = 0
        openUntil = nil
    }

    mutating func failed(at now: Duration) {
        failures += 1
        if failures >= Self.threshold { openUntil = now + Self.pause }
    }
}

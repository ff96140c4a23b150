import JSONText

/// How often and how patiently an event is sent.
public struct EventRetry: Sendable {
    /// Tries in all, the first included.
    public var attempts: Int
    /// The pause before the second try; it doubles with each, and is spread at random.
    public var firstPause: Duration
    /// The longest pause, also when the API asks for a longer one; then sending fails at once.
    public var longestPause: Duration
    private let clock: any Clock<Duration>

    public init(
        attempts: Int = 5,
        firstPause: Duration = .milliseconds(200),
        longestPause: Duration = .seconds(30),
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.attempts = attempts
        self.firstPause = firstPause
        self.longestPause = longestPause
        self.clock = clock
    }

    /// Sends until there is an answer that no repetition would change.
    func run(_ send: () async throws -> EventAnswer) async throws -> EventAnswer {
        for attempt in 1... {
            var outcome: Result<EventAnswer, EventClientError>
            do {
                outcome = .success(try await send())
            } catch {
                try Task.checkCancellation()
                outcome = .failure(.unavailable(status: nil))
            }
            if case .success(let answer) = outcome, !answer.isTemporary { return answer }
            let pause = pause(afterAttempt: attempt, outcome)
            guard attempt < attempts, pause <= longestPause else { return try outcome.get() }
            try await clock.sleep(for: pause)
        }
        throw EventClientError.unavailable(status: nil)
    }

    private func pause(afterAttempt attempt: Int, _ outcome: Result<EventAnswer, EventClientError>) -> Duration {
        let spread = min(firstPause * (1 << min(attempt - 1, 20)), longestPause) * Double.random(in: 0.5...1)
        guard case .success(let answer) = outcome, let wanted = answer.retryAfter else { return spread }
        return max(wanted, spread)
    }
}

/// What the API said.
struct EventAnswer: Sendable, Hashable {
    let status: Int
    let body: JSON
    var retryAfter: Duration?

    /// Whether the same request may be taken later.
    var isTemporary: Bool { status == 408 || status == 429 || status >= 500 }
}

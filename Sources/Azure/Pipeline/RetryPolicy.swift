/// When a request is sent again, and after which wait.
///
/// Source: azure-core `policies/_retry.py`; learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
public struct RetryPolicy: Sendable, Hashable {
    /// How often a request is sent at most.
    public var tries = 14
    /// The wait before the second try, before it is spread; it doubles with each.
    public var firstWait = Duration.milliseconds(500)
    /// The longest wait that Azure has not asked for.
    public var longestWait = Duration.seconds(30)
    /// How long one answer may take.
    public var answerLimit = Duration.seconds(60)
    /// How long a request may take in all, waits included.
    public var budget = Duration.seconds(600)
    /// The statuses that pass with time, which 501 and 505 do not.
    public var temporaryStatuses: Set<Int> = [408, 429, 500, 502, 503, 504]

    public init() {}

    /// Whether doing what a request asks twice is the same as doing it once.
    package enum Repetition: Sendable, Hashable {
        case harmless
        /// Repeat only what was certainly not done.
        case harmful
    }

    enum Outcome: Sendable {
        case answer(AzureResponse)
        case failure(TransportFailure)
    }

    /// Decides what follows on a try; a pure function of its arguments.
    ///
    /// - Parameters:
    ///   - outcome: What came of the try.
    ///   - tries: How many there have been.
    ///   - remaining: What is left of the budget.
    ///   - repetition: Whether the request may be done twice.
    ///   - fraction: Chance, from 0 to 1, so that clients which were turned away together do not come back together.
    /// - Returns: The wait before the next try, and its cause; `nil` where the outcome stands.
    func pause(
        after outcome: Outcome,
        tries: Int,
        remaining: Duration,
        repetition: Repetition,
        fraction: Double
    ) -> (duration: Duration, cause: AzureEvent.Pause.Cause)? {
        guard tries < self.tries, let cause = temporaryCause(of: outcome, repetition) else { return nil }
        let doublings = min(max(tries - 1, 0), 30)
        let full = min(firstWait * (1 << doublings), longestWait)
        var duration = full / 2 + full / 2 * fraction
        if case .answer(let answer) = outcome, let asked = answer.askedWait {
            // Never earlier than asked: that starts the wait afresh.
            duration = max(duration, asked + min(asked / 10, .seconds(2)) * fraction)
        }
        return duration < remaining ? (duration, cause) : nil
    }

    private func temporaryCause(of outcome: Outcome, _ repetition: Repetition) -> AzureEvent.Pause.Cause? {
        switch outcome {
        case .answer(let answer):
            // A request that was throttled was not done.
            guard temporaryStatuses.contains(answer.status), repetition == .harmless || answer.status == 429 else {
                return nil
            }
            return answer.askedWait == nil ? .refused(status: answer.status) : .asked(status: answer.status)
        case .failure(let failure):
            switch failure.stage {
            case .beforeSending: return .unreachable(failure.reason)
            case .afterSending: return repetition == .harmless ? .unreachable(failure.reason) : nil
            case .tooLong: return nil
            }
        }
    }
}

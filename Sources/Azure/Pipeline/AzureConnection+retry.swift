import Logging

extension AzureConnection {
    /// Tries until there is an answer that stands.
    ///
    /// - Parameters:
    ///   - request: Method and path, for events and errors.
    ///   - repetition: Whether the request may be done twice.
    ///   - policy: When to try again.
    ///   - attempt: One try; it may take as long as it is told.
    /// - Returns: The answer, whatever its status.
    /// - Throws: ``AzureError`` where no try had an answer, `CancellationError`, what the attempt throws else.
    package func answer(
        to request: String,
        repetition: RetryPolicy.Repetition,
        policy: RetryPolicy,
        attempt: (_ limit: Duration) async throws -> AzureResponse
    ) async throws -> AzureResponse {
        let elapsed = time.stopwatch()
        var tries = 0
        while true {
            tries += 1
            let outcome: RetryPolicy.Outcome
            do {
                outcome = .answer(try await attempt(min(policy.answerLimit, policy.budget - elapsed())))
            } catch let failure as TransportFailure {
                outcome = .failure(failure)
            }
            let pause = policy.pause(
                after: outcome,
                tries: tries,
                remaining: policy.budget - elapsed(),
                repetition: repetition,
                fraction: random.fraction()
            )
            guard let pause else { return try settled(outcome, request, tries) }
            try await wait(.init(duration: pause.duration, cause: pause.cause, request: request))
        }
    }

    private func settled(_ outcome: RetryPolicy.Outcome, _ request: String, _ tries: Int) throws -> AzureResponse {
        switch outcome {
        case .answer(let answer): return answer
        case .failure(let failure): throw AzureError(.unreachable(failure.reason, tries: tries), request: request)
        }
    }

    private func wait(_ pause: AzureEvent.Pause) async throws {
        let event = AzureEvent.waiting(pause)
        logger.debug("\(event)")
        onEvent(event)
        try await time.pause(for: pause.duration)
    }
}

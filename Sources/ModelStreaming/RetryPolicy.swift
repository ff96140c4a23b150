/// How often and when a question is put again.
struct RetryPolicy: Sendable {
    /// How often a question is put at all.
    var attempts = 3
    /// The wait before the second attempt; it doubles with each.
    var firstWait = Duration.milliseconds(250)
    /// A server that asks for a longer wait than this is not asked again.
    var longestWait = Duration.seconds(10)
    /// A number from 0.5 to 1, so that clients which failed together do not come back together.
    var jitter: @Sendable () -> Double = { .random(in: 0.5...1) }

    /// Decides whether to try again after a failed attempt.
    ///
    /// - Parameters:
    ///   - attempt: The number of the attempt that failed; the first is 1.
    ///   - refusal: Why it failed.
    /// - Returns: How long to wait before the next attempt; `nil` when there should be no other.
    func wait(after attempt: Int, failedWith refusal: Refusal) -> Duration? {
        guard refusal.mayRetry, attempt < attempts else { return nil }
        if let wait = refusal.error.requestedWait {
            // Never earlier than the server asks.
            return wait <= longestWait ? wait * (1.5 - jitter() / 2) : nil
        }
        return min(firstWait * (1 << (attempt - 1)), longestWait) * jitter()
    }
}

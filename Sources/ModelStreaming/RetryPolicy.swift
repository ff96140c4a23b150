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
    ///   - error: Why it failed.
    /// - Returns: How long to wait before the next attempt; `nil` when there should be no other.
    func wait(after attempt: Int, failedWith error: ChatModelError) -> Duration? {
        guard attempt < attempts else { return nil }
        switch error {
        case .rateLimited(let wait?), .unavailable(let wait?):
            // Never earlier than the server asks.
            return wait <= longestWait ? wait * (1.5 - jitter() / 2) : nil
        case .rateLimited(nil), .unavailable(nil), .interrupted:
            return min(firstWait * (1 << (attempt - 1)), longestWait) * jitter()
        case .unauthorized, .rejected, .malformed, .tooLong: return nil
        }
    }
}

import HTTPTypes
import Synchronization

/// Bounds how much one user may ask for in a minute.
///
/// A user may use a whole minute's share at once and gets it back evenly ("token bucket").
public final class RateLimiter: Sendable {
    private let buckets: Mutex<TokenBuckets>
    private let clock = ContinuousClock()
    private let start = ContinuousClock.now

    /// Describes a limit for each user; at least 1 a minute.
    public init(perMinute limit: Int) {
        self.buckets = Mutex(TokenBuckets(capacity: Double(max(limit, 1)), perSecond: Double(max(limit, 1)) / 60))
    }

    /// Lets a user through, or says when to come back.
    ///
    /// - Parameters:
    ///   - user: Who asks.
    ///   - cost: How much of the limit it takes; what exceeds the whole limit counts as the whole limit.
    /// - Throws: ``APIError`` with status 429 and `Retry-After` in whole seconds.
    public func admit(_ user: String, cost: Int = 1) throws(APIError) {
        let now = (clock.now - start) / .seconds(1)
        guard let wait = buckets.withLock({ $0.take(Double(cost), for: user, at: now) }) else { return }
        throw APIError(
            .tooManyRequests,
            code: "rate_limited",
            message: "This user has sent too much in the last minute.",
            headers: [.retryAfter: String(max(Int(wait.rounded(.up)), 1))]
        )
    }
}

/// What is left to each user, without a clock of its own.
struct TokenBuckets {
    /// Users that are remembered; those who have used nothing for long are forgotten first.
    static let userLimit = 10_000

    let capacity: Double
    let perSecond: Double
    private var buckets: [String: (tokens: Double, time: Double)] = [:]

    init(capacity: Double, perSecond: Double) {
        self.capacity = capacity
        self.perSecond = perSecond
    }

    /// Takes tokens, or tells in how many seconds there will be enough.
    mutating func take(_ wanted: Double, for user: String, at now: Double) -> Double? {
        let cost = min(wanted, capacity)
        let tokens = tokens(of: user, at: now)
        guard tokens >= cost else { return (cost - tokens) / perSecond }
        if buckets[user] == nil, buckets.count >= Self.userLimit { forget(at: now) }
        buckets[user] = (tokens - cost, now)
        return nil
    }

    private func tokens(of user: String, at now: Double) -> Double {
        guard let bucket = buckets[user] else { return capacity }
        return min(capacity, bucket.tokens + (now - bucket.time) * perSecond)
    }

    /// Forgets the half that has most left; whoever has all of it loses nothing.
    private mutating func forget(at now: Double) {
        let fullest = buckets.keys.sorted { tokens(of: $0, at: now) > tokens(of: $1, at: now) }
        for user in fullest.prefix(Self.userLimit / 2) { buckets[user] = nil }
    }
}

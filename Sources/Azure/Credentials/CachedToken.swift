#if canImport(FoundationEssentials)
import struct FoundationEssentials.Date
#else
import struct Foundation.Date
#endif

/// The token of one scope, whether somebody is fetching a newer one, and who waits for it.
struct CachedToken {
    typealias Waiter = CheckedContinuation<AccessToken?, any Error>

    /// How long before its end a token is renewed. Source: azure-identity `_constants.py`
    private static let renewalMargin = 300.0
    private static let renewalRetry = 30.0
    /// A token must outlive the way to the server, and clocks that differ.
    private static let usableMargin = 10.0

    private(set) var token: AccessToken?
    private(set) var isFetching = false
    private var renewAt = Date.distantPast
    private var nextID = 0
    private var waiters: [Int: Waiter] = [:]

    enum Choice {
        case use(AccessToken)
        case fetch
        case wait
    }

    /// What somebody does who needs the token; who is told to fetch must say how it ended.
    mutating func choose(now: Date) -> Choice {
        if let token, isUsable(token, now), isFetching || now < renewAt { return .use(token) }
        if isFetching { return .wait }
        isFetching = true
        return .fetch
    }

    /// Keeps what was fetched; or, where that failed, the old token for as long as it is any good.
    mutating func finish(_ outcome: Result<AccessToken, any Error>, now: Date) -> Result<AccessToken, any Error> {
        isFetching = false
        switch outcome {
        case .success(let fresh):
            let life = max(0, fresh.expiresAt.timeIntervalSince(now))
            token = fresh
            renewAt = fresh.expiresAt.addingTimeInterval(-min(Self.renewalMargin, life / 2))
            return outcome
        case .failure:
            guard let token, isUsable(token, now) else { return outcome }
            renewAt = now.addingTimeInterval(Self.renewalRetry)
            return .success(token)
        }
    }

    mutating func discard(_ refused: AccessToken) {
        if token == refused { token = nil }
    }

    private func isUsable(_ token: AccessToken, _ now: Date) -> Bool {
        token.expiresAt.timeIntervalSince(now) > Self.usableMargin
    }

    // MARK: Waiting

    mutating func newID() -> Int {
        nextID += 1
        return nextID
    }

    mutating func add(_ waiter: Waiter, id: Int) { waiters[id] = waiter }

    mutating func removeWaiter(_ id: Int) -> Waiter? { waiters.removeValue(forKey: id) }

    mutating func removeWaiters() -> [Waiter] {
        defer { waiters = [:] }
        return Array(waiters.values)
    }
}

import HTTPTypes
import Testing

@testable import ServiceKit

struct RateLimiterTests {
    @Test func `a user has a minute's share at once, and gets it back evenly`() {
        var buckets = TokenBuckets(capacity: 60, perSecond: 1)
        func take(_ cost: Double, for user: String, at time: Double) -> Double? {
            buckets.take(cost, for: user, at: time)
        }
        for _ in 0..<60 { #expect(take(1, for: "ada", at: 100) == nil) }
        #expect(take(1, for: "ada", at: 100) == 1)
        #expect(take(1, for: "grace", at: 100) == nil)
        #expect(take(1, for: "ada", at: 101) == nil)
        #expect(take(10, for: "ada", at: 101.5) == 9.5)
        #expect(take(10, for: "ada", at: 111) == nil)
    }

    @Test func `what is larger than the limit takes all of it, and never waits for ever`() {
        var buckets = TokenBuckets(capacity: 10, perSecond: 1)
        func take(_ cost: Double, for user: String, at time: Double) -> Double? {
            buckets.take(cost, for: user, at: time)
        }
        #expect(take(100, for: "ada", at: 0) == nil)
        #expect(take(100, for: "ada", at: 5) == 5)
        #expect(take(100, for: "ada", at: 10) == nil)
    }

    @Test func `any number of users is remembered in bounded memory, and the busy ones longest`() {
        var buckets = TokenBuckets(capacity: 10, perSecond: 0.001)
        func take(_ cost: Double, for user: String, at time: Double) -> Double? {
            buckets.take(cost, for: user, at: time)
        }
        #expect(take(10, for: "busy", at: 0) == nil)
        for number in 0..<(3 * TokenBuckets.userLimit) {
            #expect(take(1, for: "user-\(number)", at: 1) == nil)
        }
        #expect(take(10, for: "busy", at: 1) != nil)
    }

    @Test func `the refusal says when to come back`() throws {
        let limiter = RateLimiter(perMinute: 1)
        try limiter.admit("ada")
        let error = #expect(throws: APIError.self) { try limiter.admit("ada") }
        #expect(error?.status == .tooManyRequests)
        #expect(error?.headers[.retryAfter] == "60")
    }
}

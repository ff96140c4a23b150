import JSONText
import NIOHTTP1
import Testing

@testable import ModelStreaming

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct RefusalTests {
    @Test(arguments: [
        (401, ChatModelError.unauthorized),
        (403, .unauthorized),
        (404, .rejected(status: 404, code: "model_not_found")),
        (408, .unavailable(retryAfter: nil)),
        (429, .rateLimited(retryAfter: nil)),
        (500, .unavailable(retryAfter: nil)),
        (503, .unavailable(retryAfter: nil)),
        (302, .rejected(status: 302, code: "model_not_found")),
        (409, .unavailable(retryAfter: nil)),
        (422, .rejected(status: 422, code: "model_not_found")),
    ])
    func `a status has a meaning`(status: Int, expected: ChatModelError) {
        let refusal = Refusal(status: status, headers: [:], body: ["error": ["code": "model_not_found"]])
        #expect(refusal.error == expected)
    }

    @Test(arguments: [
        ("retry-after-ms", "1500", Duration.milliseconds(1500)),
        ("retry-after", "2", .seconds(2)),
        ("Retry-After", "0.25", .milliseconds(250)),
        ("retry-after", "Sun, 06 Nov 1994 08:49:42 GMT", .seconds(5)),
        ("retry-after", "Sun, 06 Nov 1994 08:49:30 GMT", .zero),
        ("retry-after", "-1", nil),
        ("retry-after", "nan", nil),
        ("retry-after", "1e99", nil),
        ("retry-after", "soon", nil),
    ])
    func `a server says how long to wait`(name: String, value: String, expected: Duration?) {
        let now = Date(timeIntervalSince1970: 784_111_777)
        let refusal = Refusal(status: 429, headers: [name: value], body: nil, now: now)
        #expect(refusal.error == .rateLimited(retryAfter: expected))
    }

    @Test func `a used-up quota is not asked again`() {
        let body: JSON = ["error": ["code": "insufficient_quota"]]
        #expect(!Refusal(status: 429, headers: [:], body: body).mayRetry)
        #expect(!Refusal(frame: ["code": "insufficient_quota"]).mayRetry)
        #expect(Refusal(status: 429, headers: [:], body: ["error": ["code": "rate_limit_exceeded"]]).mayRetry)
    }

    @Test(arguments: [(500, "false", false), (400, "true", true), (429, "maybe", true), (404, "", false)])
    func `a server may say whether to ask again`(status: Int, word: String, expected: Bool) {
        let refusal = Refusal(status: status, headers: ["x-should-retry": word], body: nil)
        #expect(refusal.mayRetry == expected)
    }

    @Test(arguments: ["sk-proj-1234", "Your key abc is wrong", "", "ÄÖ", "0123456789abcdef0123456789abcdef", "DROP"])
    func `a reason that is not known is left out, for it may be a key`(code: String) {
        let refusal = Refusal(status: 400, headers: [:], body: ["error": ["code": .string(code)]])
        #expect(refusal.error == .rejected(status: 400, code: nil))
    }

    @Test(arguments: ["content_filter", "DeploymentNotFound", "context_length_exceeded"])
    func `a reason that is known is kept`(code: String) {
        let refusal = Refusal(status: 404, headers: [:], body: ["error": ["code": .string(code), "message": "…"]])
        #expect(refusal == Refusal(.rejected(status: 404, code: code), mayRetry: false))
    }

    @Test func `waits grow, vary and end`() {
        var policy = RetryPolicy(attempts: 4)
        policy.jitter = { 1 }
        let failed = Refusal(.unavailable(retryAfter: nil))
        #expect(policy.wait(after: 1, failedWith: failed) == .milliseconds(250))
        #expect(policy.wait(after: 3, failedWith: failed) == .seconds(1))
        #expect(policy.wait(after: 4, failedWith: failed) == nil)
        policy.jitter = { 0.5 }
        #expect(policy.wait(after: 1, failedWith: failed) == .milliseconds(125))
        #expect(policy.wait(after: 1, failedWith: Refusal(.rateLimited(retryAfter: .seconds(4)))) == .seconds(5))
        #expect(policy.wait(after: 1, failedWith: Refusal(.rateLimited(retryAfter: .seconds(11)))) == nil)
        #expect(policy.wait(after: 1, failedWith: Refusal(.unauthorized)) == nil)
    }
}

import JSONText
import NIOHTTP1
import Testing

@testable import ModelStreaming

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct OpenAIRefusalTests {
    @Test(arguments: [
        (401, ChatModelError.unauthorized),
        (403, .unauthorized),
        (404, .rejected(status: 404, code: "model_not_found")),
        (408, .unavailable(retryAfter: nil)),
        (429, .rateLimited(retryAfter: nil)),
        (500, .unavailable(retryAfter: nil)),
        (503, .unavailable(retryAfter: nil)),
        (302, .rejected(status: 302, code: "model_not_found")),
    ])
    func `a status has a meaning`(status: Int, expected: ChatModelError) {
        let refusal = OpenAIRefusal(status: status, headers: [:], body: ["error": ["code": "model_not_found"]])
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
        let refusal = OpenAIRefusal(status: 429, headers: [name: value], body: nil, now: now)
        #expect(refusal.error == .rateLimited(retryAfter: expected))
    }

    @Test func `a used-up quota is not asked again`() {
        let body: JSON = ["error": ["code": "insufficient_quota"]]
        #expect(!OpenAIRefusal(status: 429, headers: [:], body: body).mayRetry)
        #expect(!OpenAIRefusal(status: 500, headers: ["x-should-retry": "false"], body: nil).mayRetry)
    }

    @Test(arguments: ["sk-proj-1234", "Your key abc is wrong", "", "ÄÖ", String(repeating: "a", count: 41)])
    func `a reason that may be more than a word is left out`(code: String) {
        let refusal = OpenAIRefusal(status: 400, headers: [:], body: ["error": ["code": .string(code)]])
        #expect(refusal.error == .rejected(status: 400, code: nil))
    }

    @Test func `waits grow, vary and end`() {
        var policy = RetryPolicy(attempts: 4)
        policy.jitter = { 1 }
        let failed = ChatModelError.unavailable(retryAfter: nil)
        #expect(policy.wait(after: 1, failedWith: failed) == .milliseconds(250))
        #expect(policy.wait(after: 3, failedWith: failed) == .seconds(1))
        #expect(policy.wait(after: 4, failedWith: failed) == nil)
        policy.jitter = { 0.5 }
        #expect(policy.wait(after: 1, failedWith: failed) == .milliseconds(125))
        #expect(policy.wait(after: 1, failedWith: .rateLimited(retryAfter: .seconds(4))) == .seconds(5))
        #expect(policy.wait(after: 1, failedWith: .rateLimited(retryAfter: .seconds(11))) == nil)
        #expect(policy.wait(after: 1, failedWith: .unauthorized) == nil)
    }
}

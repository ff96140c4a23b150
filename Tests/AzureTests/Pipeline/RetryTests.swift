import Foundation
import NIOHTTP1
import Testing

@testable import Azure

struct RetryTests {
    // MARK: What servers ask

    private static let now = Date(timeIntervalSince1970: 784_111_777)  // Sun, 06 Nov 1994 08:49:37 GMT

    @Test(
        arguments: [
            ("Retry-After", "12", Duration.seconds(12)), ("Retry-After", "0", .zero),
            ("Retry-After", "1.5", .milliseconds(1500)),
            ("Retry-After", "Sun, 06 Nov 1994 08:50:07 GMT", .seconds(30)),
            ("Retry-After", "Sun, 06 Nov 1994 08:00:00 GMT", .zero),
            ("retry-after-ms", "250", .milliseconds(250)), ("x-ms-retry-after-ms", "70", .milliseconds(70)),
            ("Retry-After", "-1", nil), ("Retry-After", "soon", nil), ("Retry-After", "nan", nil),
            ("Retry-After", "inf", nil), ("Retry-After", "1e99", nil), ("Retry-After", "", nil),
            ("Retry-After", "Sun, 99 Nov 1994 08:50:07 GMT", nil),
        ]
    )
    func `a server says how long it wants to be left alone`(name: String, value: String, expected: Duration?) {
        #expect(RetryAfter.duration(in: [name: value], now: Self.now) == expected)
    }

    @Test func `milliseconds win over seconds`() {
        let headers: HTTPHeaders = ["Retry-After": "9", "x-ms-retry-after-ms": "500"]
        #expect(RetryAfter.duration(in: headers, now: Self.now) == .milliseconds(500))
    }

    // MARK: What the policy makes of it

    private func pause(
        _ outcome: RetryPolicy.Outcome,
        tries: Int = 1,
        remaining: Duration = .seconds(300),
        _ repetition: RetryPolicy.Repetition = .harmless,
        fraction: Double = 1
    ) -> Duration? {
        RetryPolicy().pause(
            after: outcome,
            tries: tries,
            remaining: remaining,
            repetition: repetition,
            fraction: fraction
        )?.duration
    }

    private func status(_ status: Int, _ headers: HTTPHeaders = [:]) -> RetryPolicy.Outcome {
        .answer(AzureResponse(status: status, headers: headers))
    }

    @Test(arguments: [408, 429, 500, 502, 503, 504])
    func `what passes with time is tried again`(code: Int) {
        #expect(pause(status(code)) != nil)
    }

    @Test(arguments: [200, 202, 204, 301, 400, 401, 403, 404, 409, 412, 501, 505])
    func `what does not pass stands`(code: Int) {
        #expect(pause(status(code)) == nil)
    }

    @Test func `waits double, are spread over their second half, and have a limit`() {
        let full = (1...9).map { pause(status(503), tries: $0) }
        #expect(full == [0.5, 1, 2, 4, 8, 16, 30, 30, 30].map { .seconds($0) })
        #expect(pause(status(503), tries: 3, fraction: 0) == .seconds(1))
        #expect(pause(status(503), tries: 14) == nil)
    }

    @Test func `nobody comes back earlier than asked`() {
        let asked = status(429, ["Retry-After": "12"])
        #expect(pause(asked, fraction: 0) == .seconds(12))
        #expect(pause(asked, fraction: 1) == .milliseconds(13_200))
        #expect(pause(status(429, ["Retry-After": "0"]), tries: 3, fraction: 0) == .seconds(1))
    }

    @Test func `a wait that ends after the budget is not begun`() {
        #expect(pause(status(429, ["Retry-After": "12"]), remaining: .seconds(12), fraction: 0) == nil)
        #expect(pause(status(429, ["Retry-After": "12"]), remaining: .seconds(13), fraction: 0) == .seconds(12))
    }

    @Test func `what must not be done twice is repeated only when it was not done`() {
        #expect(pause(status(429), .harmful) != nil)
        #expect(pause(.failure(TransportFailure(.beforeSending, "")), .harmful) != nil)
        #expect(pause(status(503), .harmful) == nil)
        #expect(pause(status(408), .harmful) == nil)
        #expect(pause(.failure(TransportFailure(.afterSending, "")), .harmful) == nil)
        #expect(pause(.failure(TransportFailure(.afterSending, ""))) != nil)
        #expect(pause(.failure(TransportFailure(.tooLong, ""))) == nil)
    }

    @Test func `reading and replacing may be repeated, and acting may not`() {
        let repeatable = AzureRequest.Method.allCases.filter {
            AzureRequest($0, .path("/x", apiVersion: "1")).isRepeatable
        }
        #expect(repeatable == [.get, .head, .put, .patch, .delete])
    }
}

import AsyncHTTPClient
import FakeUpstream
import JSONText
import NIOCore
import NIOHTTP1
import Testing

@testable import ChatAPI

@Suite(.timeLimit(.minutes(1)))
struct ChatErrorTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        var upstream: HTTPResponseStatus
        var headers: HTTPHeaders = [:]
        var code = "x"
        var expected: HTTPResponseStatus
        var word: String
        var retryAfter: String?

        var testDescription: String { "\(upstream.code) \(code)" }
    }

    static let refusals = [
        Refusal(upstream: .unauthorized, expected: .badGateway, word: "model_unauthorized"),
        Refusal(
            upstream: .tooManyRequests,
            headers: ["Retry-After": "30"],
            expected: .tooManyRequests,
            word: "model_rate_limited",
            retryAfter: "30"
        ),
        Refusal(
            upstream: .tooManyRequests,
            code: "insufficient_quota",
            expected: .tooManyRequests,
            word: "model_rate_limited",
            retryAfter: "10"
        ),
        Refusal(
            upstream: .serviceUnavailable,
            headers: ["x-should-retry": "false"],
            expected: .serviceUnavailable,
            word: "model_unavailable",
            retryAfter: "2"
        ),
        Refusal(upstream: .badRequest, code: "content_filter", expected: .badRequest, word: "model_rejected"),
        Refusal(upstream: .notFound, code: "model_not_found", expected: .badGateway, word: "model_rejected"),
    ]

    @Test(arguments: refusals, ["/api/chat", "/api/chat/stream"])
    func `a refusal before the first text is an HTTP error`(refusal: Refusal, path: String) async throws {
        try await RunningChat.run { chat in
            async let asked = chat.post(path, ["message": "Hi"])
            try await chat.upstream.nextCall().refuse(
                refusal.upstream,
                headers: refusal.headers,
                body: #"{"error":{"message":"key \#(RunningChat.modelKey) is bad","code":"\#(refusal.code)"}}"#
            )
            let response = try await asked
            #expect(response.status == refusal.expected)
            #expect(response.headers["Content-Type"] == ["application/json; charset=utf-8"])
            #expect(response.headers["Retry-After"].first == refusal.retryAfter)
            let text = try await response.text()
            #expect(try JSON(parsing: text)["error"]?["code"]?.string == refusal.word)
            #expect(!text.contains("canary"))
            #expect(!"\(response.headers)".contains("canary"))
            #expect(!chat.log.text.contains("canary"))
            #expect(chat.log.text.contains("answered"))
        }
    }

    @Test func `an error in the middle does not show the key either`() async throws {
        try await RunningChat.run { chat in
            async let asked = chat.post("/api/chat", ["message": "Hi"])
            let call = try await chat.upstream.nextCall()
            try await call.begin()
            try await call.send(text: "Hel")
            try await call.send(frame: #"{"error":{"message":"\#(RunningChat.modelKey)","code":"x"}}"#)
            let text = try await asked.text()
            #expect(text.contains(#""type":"error""#))
            #expect(!text.contains("canary"))
            #expect(!chat.log.text.contains("canary"))
        }
    }

    // MARK: Requests that are wrong

    struct Mistake: Sendable, CustomTestStringConvertible {
        var path = "/api/chat"
        var body: String
        var fields: [String]

        var testDescription: String { "\(path) \(body.prefix(60))" }
    }

    static let mistakes = [
        Mistake(body: "[]", fields: [""]),
        Mistake(body: "{}", fields: ["message"]),
        Mistake(body: #"{"message":null}"#, fields: ["message"]),
        Mistake(body: #"{"message":" \n"}"#, fields: ["message"]),
        Mistake(
            body: #"{"message":1,"conversation_id":"a b","thread_id":"","stream":"yes","system":{}}"#,
            fields: ["message", "conversation_id", "thread_id", "stream", "system"]
        ),
        Mistake(
            body: #"{"message":"x","conversation_id":"\#(String(repeating: "x", count: 129))"}"#,
            fields: ["conversation_id"]
        ),
        Mistake(
            path: "/api/chat/stream",
            body:
                #"{"history":[{"role":"robot","content":1},"x",{}],"options":{"max_tokens":1.5,"temperature":-1,"top_p":"1"}}"#,
            fields: [
                "message", "history[0].role", "history[0].content", "history[1]", "history[2].role",
                "history[2].content", "options.max_tokens", "options.temperature", "options.top_p",
            ]
        ),
        Mistake(
            path: "/api/chat/stream",
            body: #"{"message":"x","history":{},"options":[]}"#,
            fields: ["history", "options"]
        ),
        Mistake(
            path: "/api/chat/stream",
            body: #"{"message":"x","history":[\#(Array(repeating: "{}", count: 101).joined(separator: ","))]}"#,
            fields: ["history"]
        ),
    ]

    @Test(arguments: mistakes)
    func `all mistakes of a request are named at once`(mistake: Mistake) async throws {
        try await RunningChat.run { chat in
            let response = try await chat.post(mistake.path, body: .bytes(ByteBuffer(string: mistake.body)))
            #expect(response.status == .badRequest)
            let details = try await response.json()["error"]?["details"]?.array ?? []
            #expect(details.map { $0["field"]?.string } == mistake.fields)
        }
    }

    @Test func `only JSON is taken`() async throws {
        try await RunningChat.run { chat in
            let body = ByteBuffer(string: "{")
            let notJSON = try await chat.post("/api/chat", body: .bytes(body))
            #expect(notJSON.status == .badRequest)
            let form = try await chat.post("/api/chat", body: .bytes(body), headers: ["Content-Type": "text/plain"])
            #expect(form.status == .unsupportedMediaType)
        }
    }

    @Test(arguments: ["/api/chat", "/api/chat/stream"])
    func `a body over 256 KiB is refused`(path: String) async throws {
        try await RunningChat.run { chat in
            let large: JSON = ["message": .string(String(repeating: "x", count: 256 * 1024))]
            let announced = try await chat.post(path, large)
            #expect(announced.status == .payloadTooLarge)
            let unannounced = HTTPClientRequest.Body.stream(
                AsyncStream { continuation in
                    for _ in 0..<17 { continuation.yield(ByteBuffer(repeating: UInt8(ascii: " "), count: 16 * 1024)) }
                    continuation.finish()
                },
                length: .unknown
            )
            let response = try await chat.post(path, body: unannounced)
            #expect(response.status == .payloadTooLarge)
        }
    }

    @Test func `a body that does not arrive is given up`() async throws {
        try await RunningChat.run(adjust: { $0.bodyPatience = .milliseconds(10) }) { chat in
            let (never, continuation) = AsyncStream<ByteBuffer>.makeStream()
            let response = try await chat.post("/api/chat", body: .stream(never, length: .known(Int64(100))))
            #expect(response.status == .requestTimeout)
            continuation.finish()
        }
    }

    @Test func `an address that is not there says so in JSON`() async throws {
        try await RunningChat.run { chat in
            let response = try await chat.get("/api/nothing")
            #expect(response.status == .notFound)
            #expect(try await response.json()["error"]?["code"] == "not_found")
        }
    }
}

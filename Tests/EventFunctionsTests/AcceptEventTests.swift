import Events
import FunctionHost
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSONText
import Messaging
import ServiceKit
import Testing

@testable import EventFunctions

struct AcceptEventTests {
    static let good = #"{"source":"t","type":"user.message","metadata":{"text":"Hi"}}"#

    @Test func `an event is accepted once the queue has it`() async throws {
        let queue = SentMessages()
        try await answering(queue: queue) { client in
            try await client.execute(uri: "/events", method: .post, headers: .json, body: ByteBuffer(string: Self.good))
            {
                #expect($0.status == .accepted)
                let id = try JSON(parsing: $0.body.readableBytesView)["id"]?.string
                #expect(queue.messages.map(\.id) == [id])
                #expect(queue.messages[0].subject == "user.message")
                #expect(queue.messages[0].contentType == "application/json")
                let event = try Event(try JSON(parsing: queue.messages[0].body))
                #expect(event.userID == "ada")
            }
        }
    }

    @Test func `one key gives one id, for one user`() async throws {
        let queue = SentMessages()
        let keys = try SQLiteIdempotencyStore(folder: nil)
        for (user, key) in [("ada", "k1"), ("ada", "k1"), ("ada", "k2"), ("grace", "k1")] {
            try await answering(queue: queue, user: user, keys: keys) { client in
                let headers = HTTPFields.json.merging(.idempotencyKey, key)
                try await client.execute(
                    uri: "/events",
                    method: .post,
                    headers: headers,
                    body: ByteBuffer(string: Self.good)
                ) {
                    #expect($0.status == .accepted)
                }
            }
        }
        let ids = queue.messages.map(\.id)
        #expect(ids[0] == ids[1])
        #expect(Set(ids).count == 3)
    }

    @Test(arguments: [
        (#"{"source":"t"}"#, 400, "invalid_event", 1), (#"{"source":1,"type":"a b"}"#, 400, "invalid_event", 2),
        (#"[]"#, 400, "invalid_event", 1), (#"{"#, 400, "invalid_json", 0),
        (#"{"source":"t","type":"a","userID":"grace"}"#, 403, "foreign_user", 0),
        (String(repeating: " ", count: 256 * 1024 + 1), 413, "too_large", 0),
    ])
    func `a bad event is refused with all its problems`(
        body: String,
        status: Int,
        code: String,
        details: Int
    ) async throws {
        let queue = SentMessages()
        try await answering(queue: queue) { client in
            try await client.execute(uri: "/events", method: .post, headers: .json, body: ByteBuffer(string: body)) {
                #expect($0.status.code == status)
                let error = try JSON(parsing: $0.body.readableBytesView)["error"]
                #expect(error?["code"]?.string == code)
                #expect(error?["details"]?.array?.count == details)
            }
        }
        #expect(queue.messages.isEmpty)
    }

    @Test(arguments: [
        (MessagingError.unavailable(reason: "r"), 503), (.unauthorized, 503), (.unknownEntity("q"), 503),
        (.tooLarge, 413),
    ])
    func `a broker that does not take it is told to the caller`(error: MessagingError, status: Int) async throws {
        try await answering(queue: BrokenQueue(error: error)) { client in
            try await client.execute(uri: "/events", method: .post, headers: .json, body: ByteBuffer(string: Self.good))
            {
                #expect($0.status.code == status)
                #expect(($0.headers[.retryAfter] != nil) == (status == 503))
            }
        }
    }

    @Test func `the trace of the request goes on in the message`() async throws {
        let queue = SentMessages()
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        try await answering(queue: queue) { client in
            let headers = HTTPFields.json.merging(.traceparent, "00-\(trace)-00f067aa0ba902b7-01")
            try await client.execute(
                uri: "/events",
                method: .post,
                headers: headers,
                body: ByteBuffer(string: Self.good)
            ) { _ in }
        }
        let sent = try #require(queue.messages[0].traceParent)
        #expect(sent.contains(trace))
        #expect(!sent.contains("00f067aa0ba902b7"))
    }

    @Test func `who sends too much is told when to come back`() async throws {
        let queue = SentMessages()
        try await answering(queue: queue, limiter: RateLimiter(perMinute: 2)) { client in
            for status in [202, 202, 429] {
                try await client.execute(
                    uri: "/events",
                    method: .post,
                    headers: .json,
                    body: ByteBuffer(string: Self.good)
                ) {
                    #expect($0.status.code == status)
                    #expect(($0.headers[.retryAfter] != nil) == (status == 429))
                }
            }
        }
        #expect(queue.messages.count == 2)
    }

    // MARK: Batches

    @Test func `each event of a batch is answered for, in order`() async throws {
        let queue = SentMessages()
        let events =
            "[\(Self.good),{\"source\":\"t\"},{\"source\":\"t\",\"type\":\"a\",\"userID\":\"grace\"},\(Self.good)]"
        try await answering(queue: queue) { client in
            try await client.execute(
                uri: "/events:batch",
                method: .post,
                headers: .json,
                body: ByteBuffer(string: events)
            ) {
                #expect($0.status.code == 207)
                let results = try #require(try JSON(parsing: $0.body.readableBytesView)["results"]?.array)
                #expect(results.map { $0["status"]?.integer } == [202, 400, 403, 202])
                #expect(results[1]["error"]?["code"]?.string == "invalid_event")
                #expect(Set(results.compactMap { $0["id"]?.string }) == Set(queue.messages.map(\.id)))
            }
        }
        #expect(queue.messages.count == 2)
    }

    @Test(arguments: ["[]", "{}", "[" + Array(repeating: good, count: 101).joined(separator: ",") + "]"])
    func `a batch has one to a hundred events`(body: String) async throws {
        let queue = SentMessages()
        try await answering(queue: queue) { client in
            try await client.execute(
                uri: "/events:batch",
                method: .post,
                headers: .json,
                body: ByteBuffer(string: body)
            ) {
                #expect($0.status == .badRequest)
            }
        }
        #expect(queue.messages.isEmpty)
    }

    @Test func `a batch that no broker takes is refused whole`() async throws {
        try await answering(queue: BrokenQueue(error: .unavailable(reason: "r"))) { client in
            let body = ByteBuffer(string: "[\(Self.good),\(Self.good)]")
            try await client.execute(uri: "/events:batch", method: .post, headers: .json, body: body) {
                #expect($0.status == .serviceUnavailable)
                #expect($0.headers[.retryAfter] != nil)
            }
        }
    }

    @Test func `a batch costs as much as its events`() async throws {
        try await answering(queue: SentMessages(), limiter: RateLimiter(perMinute: 3)) { client in
            let body = ByteBuffer(string: "[\(Self.good),\(Self.good)]")
            for status in [202, 429] {
                try await client.execute(uri: "/events:batch", method: .post, headers: .json, body: body) {
                    #expect($0.status.code == status)
                }
            }
        }
    }

    private func answering(
        queue: any MessageSender,
        user: String = "ada",
        limiter: RateLimiter? = nil,
        keys: (any IdempotencyStore)? = nil,
        _ test: @escaping @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        let intake = EventIntake(
            queue: queue,
            keys: try keys ?? SQLiteIdempotencyStore(folder: nil),
            limiter: limiter
        )
        let server = WebServer(identity: App.identity, host: "127.0.0.1", port: 0, logger: .silent) { router in
            router.post("events") { request, context in
                var context = context
                context.user = user
                return try await AcceptEvent(intake: intake).handle(request, context: context)
            }
            router.post("events:batch") { request, context in
                var context = context
                context.user = user
                return try await AcceptEvents(intake: intake).handle(request, context: context)
            }
        }
        try await server.application.test(.router) { try await test($0) }
    }
}

private struct BrokenQueue: MessageSender {
    let error: MessagingError

    func send(_ messages: [OutgoingMessage]) async throws {
        throw error
    }
}

extension HTTPField.Name {
    fileprivate static let traceparent = HTTPField.Name("traceparent") ?? .from
}

extension HTTPFields {
    fileprivate static let json: HTTPFields = [.contentType: "application/json"]

    fileprivate func merging(_ name: HTTPField.Name, _ value: String) -> HTTPFields {
        var fields = self
        fields[name] = value
        return fields
    }
}

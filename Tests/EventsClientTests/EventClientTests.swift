import AsyncHTTPClient
import Events
import EventsClient
import FakeUpstream
import JSONText
import NIOHTTP1
import Settings
import TestInstruments
import Testing

struct EventClientTests {
    static let event = Event(source: "sensor-1", type: "movement", userID: "ada", metadata: [.init("x", 1)])

    @Test func `an event is posted with its token, and its id comes back`() async throws {
        try await FakeUpstream.run { upstream in
            let client = try Self.client(upstream)
            async let id = client.send(Self.event, idempotencyKey: "k")
            let call = try await upstream.nextCall()
            #expect(call.head.uri == "/api/events" && call.head.method == .POST)
            #expect(call.head.headers["authorization"] == ["Bearer canary"])
            #expect(call.head.headers["idempotency-key"] == ["k"])
            #expect(try JSON(parsing: call.body) == Self.event.json)
            try await call.refuse(.accepted, body: #"{"id":"17"}"#)
            #expect(try await id == "17")
        }
    }

    @Test(arguments: ["", "/", "/api", "/api/", "/api/events", "/api/events/"])
    func `the address may be the server's or that of the events`(ending: String) async throws {
        try await FakeUpstream.run { upstream in
            let client = try EventClient(
                address: "http://127.0.0.1:\(upstream.port)\(ending)",
                token: nil,
                client: .shared
            )
            async let id = client.send(Self.event)
            let call = try await upstream.nextCall()
            #expect(call.head.uri == "/api/events")
            #expect(call.head.headers["authorization"].isEmpty)
            try await call.refuse(.accepted, body: #"{"id":"17"}"#)
            #expect(try await id == "17")
        }
    }

    @Test func `what gets lost is sent again under the same key`() async throws {
        try await FakeUpstream.run { upstream in
            let client = try Self.client(upstream)
            async let id = client.send(Self.event)
            let first = try await upstream.nextCall()
            try await first.refuse(.serviceUnavailable)
            let second = try await upstream.nextCall()
            try await second.abort()
            let third = try await upstream.nextCall()
            try await third.refuse(.accepted, body: #"{"id":"17"}"#)
            #expect(try await id == "17")
            let keys = [first, second, third].map { $0.head.headers["idempotency-key"] }
            #expect(Set(keys).count == 1 && keys[0] != [""])
        }
    }

    @Test func `a pause that the API asks for is kept, and sending ends after some tries`() async throws {
        try await FakeUpstream.run { upstream in
            let clock = EventClock()
            let start = clock.now
            let client = try Self.client(upstream, retry: EventRetry(attempts: 3, clock: clock))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await clock.run() }
                async let sent = outcome { try await client.send(Self.event) }
                for _ in 1...3 { try await upstream.nextCall().refuse(.tooManyRequests, headers: ["Retry-After": "9"]) }
                let result = await sent
                #expect(throws: EventClientError.unavailable(status: 429)) { try result.get() }
                #expect(start.duration(to: clock.now) == .seconds(18))
                group.cancelAll()
            }
        }
    }

    @Test func `a refusal names every field and never the token`() async throws {
        try await FakeUpstream.run { upstream in
            let client = try Self.client(upstream)
            async let sent = outcome { try await client.send(Self.event) }
            let body =
                #"{"error":{"code":"invalid_event","message":"m","details":[{"field":"type","problem":"is bad"}]}}"#
            try await upstream.nextCall().refuse(.badRequest, body: body)
            let result = await sent
            let error = #expect(throws: EventClientError.self) { try result.get() }
            #expect(error?.description.contains("type is bad") == true)
            #expect("\(client) \(String(reflecting: error))".contains("canary") == false)
        }
    }

    @Test func `many events travel a hundred at a time, and each is answered for`() async throws {
        try await FakeUpstream.run { upstream in
            let client = try Self.client(upstream)
            async let results = client.send(Array(repeating: Self.event, count: 150))
            for count in [100, 50] {
                let call = try await upstream.nextCall()
                #expect(call.head.uri == "/api/events:batch")
                #expect(try JSON(parsing: call.body).array?.count == count)
                let items = (0..<count).map {
                    $0 == 3 ? #"{"status":403,"error":{"code":"c"}}"# : #"{"status":202,"id":"\#($0)"}"#
                }
                try await call.refuse(.init(statusCode: 207), body: "{\"results\":[\(items.joined(separator: ","))]}")
            }
            let outcome = try await results
            #expect(outcome.count == 150)
            #expect(try outcome[2].get() == "2")
            #expect(throws: EventClientError.refused(status: 403, code: "c", problems: [])) { try outcome[3].get() }
        }
    }

    @Test(arguments: ["", "localhost:7071", "ftp://x", "http://", "http://x/?a=b"])
    func `an address that is none is refused`(address: String) {
        #expect(throws: EventClientError.badAddress) {
            try EventClient(address: address, token: nil, client: .shared)
        }
    }

    private static func client(
        _ upstream: FakeUpstream,
        retry: EventRetry = EventRetry(firstPause: .zero)
    ) throws -> EventClient {
        let address = "http://127.0.0.1:\(upstream.port)"
        return try EventClient(address: address, token: SecretValue("canary"), client: .shared, retry: retry)
    }
}

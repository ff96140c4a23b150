import AsyncHTTPClient
import Crypto
import FakeUpstream
import JSONText
import ModelStreaming
import NIOCore
import NIOHTTP1
import Settings
import Testing

@testable import ChatAPI
@testable import ServiceKit

@Suite(.timeLimit(.minutes(1)))
struct DeliveryTests {
    static let key = SecretValue("a-signing-key-for-notices")
    private static let notice: JSON = [
        "userID": "guest", "type": "user.message", "text": "Hello", "event": ["id": "1"],
    ]

    /// Runs the service before an event API that the test controls.
    private static func run(
        adjust: (inout ChatConfiguration) -> Void = { _ in },
        _ test: @Sendable (RunningChat, FakeUpstream) async throws -> Void
    ) async throws {
        var adjusted = ChatConfiguration()
        adjust(&adjusted)
        let configuration = adjusted
        try await FakeUpstream.run { events in
            try await RunningChat.run(
                adjust: {
                    $0.eventsURL = "http://127.0.0.1:\(events.port)"
                    $0.eventsSigningKey = ConversationTests.key
                    $0.signingKey = configuration.signingKey
                    $0.notifySigningKey = configuration.notifySigningKey
                }
            ) { chat in
                try await test(chat, events)
            }
        }
    }

    private static func signature(of json: JSON) -> String {
        let key = SymmetricKey(data: Array(key.unsafeRevealed.utf8))
        let code = HMAC<SHA256>.authenticationCode(for: json.bytes, using: key)
        return "sha256=" + code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test func `what is delivered is shown at once, and again to whoever comes back`() async throws {
        try await Self.run { chat, _ in
            try await Watch.run(chat) { watch in
                let opening = try await watch.next()
                for text in ["one", "two"] {
                    let posted: JSON = ["userID": "guest", "type": "user.message", "text": .string(text)]
                    #expect(try await chat.post("/notify", posted).status == .noContent)
                }
                #expect(try await watch.next().json["text"] == "one")
                let two = try await watch.next()
                #expect(try two.json["text"] == "two")
                try await Watch.run(chat, after: opening.id) { again in
                    _ = try await again.next()
                    #expect(try await again.next().json["text"] == "one")
                    #expect(try await again.next() == two)
                }
            }
        }
    }

    @Test func `a delivery must carry the signature of its body`() async throws {
        try await Self.run(adjust: { $0.notifySigningKey = Self.key }) { chat, _ in
            func status(_ signature: String?) async throws -> HTTPResponseStatus {
                var headers: HTTPHeaders = [:]
                if let signature { headers.add(name: "X-Signature", value: signature) }
                return try await chat.post("/notify", Self.notice, headers: headers).status
            }
            let right = Self.signature(of: Self.notice)
            let taken = try await status(right)
            #expect(taken == .noContent)
            for wrong in [nil, "", "sha256=", "sha256=00", "sha1=\(right)", String(right.dropLast()), right + "00"] {
                #expect(try await status(wrong) == .unauthorized, "\(wrong ?? "none")")
            }
        }
    }

    @Test func `what is no delivery is refused with all that is wrong`() async throws {
        try await Self.run { chat, _ in
            let refused = try await chat.post("/notify", ["userID": 1, "event": []])
            #expect(refused.status == .badRequest)
            let fields = try await refused.json()["error"]?["details"]?.array?.compactMap { $0["field"]?.string }
            #expect(fields == ["userID", "type", "text", "event"])
            #expect(try await chat.post("/notify", body: .bytes(ByteBuffer(string: "{"))).status == .badRequest)
            let plain: HTTPHeaders = ["Content-Type": "text/plain"]
            #expect(try await chat.post("/notify", Self.notice, headers: plain).status == .unsupportedMediaType)
            let large = ByteBuffer(repeating: UInt8(ascii: " "), count: NoticeController.bodyLimit + 1)
            #expect(try await chat.post("/notify", body: .bytes(large)).status == .payloadTooLarge)
        }
    }

    @Test func `nobody hears what is told to others`() async throws {
        try await Self.run(adjust: {
            $0.signingKey = ConversationTests.key
            $0.notifySigningKey = Self.key
        }) { chat, _ in
            #expect(try await chat.get("/api/notifications").status == .unauthorized)
            try await Watch.run(chat, user: "ada") { watch in
                _ = try await watch.next()
                for user in ["bob", "ada"] {
                    let posted: JSON = [
                        "userID": .string(user), "type": "user.message", "text": .string("for \(user)"),
                    ]
                    let response = try await chat.post(
                        "/notify",
                        posted,
                        headers: ["X-Signature": Self.signature(of: posted)]
                    )
                    #expect(response.status == .noContent)
                }
                #expect(try await watch.next().json["text"] == "for ada")
            }
        }
    }

    @Test func `an event goes on with a token of the same user`() async throws {
        try await Self.run { chat, events in
            let event: JSON = [
                "source": "page", "type": "llm.chat", "metadata": ["messages": [["role": "user", "content": "x"]]],
            ]
            async let response = chat.post("/api/events", event, headers: ["Idempotency-Key": "k-1"])
            let call = try await events.nextCall()
            #expect(call.head.uri == "/api/events")
            #expect(call.head.headers["idempotency-key"] == ["k-1"])
            let sent = try JSON(parsing: call.body)
            #expect(sent["userID"] == "guest" && sent["metadata"] == event["metadata"])
            let authenticator = await BearerAuthenticator(signingKey: ConversationTests.key)
            #expect(try await authenticator.user(from: call.head.headers.first(name: "authorization")) == "guest")
            try await call.refuse(.accepted, body: #"{"id":"e-1"}"#)
            #expect(try await response.status == .accepted)
            #expect(try await response.json() == ["id": "e-1"])
        }
    }

    @Test(arguments: [
        (HTTPResponseStatus.forbidden, HTTPResponseStatus.forbidden), (.badRequest, .badRequest),
        (.payloadTooLarge, .payloadTooLarge), (.unauthorized, .badGateway),
    ])
    func `a refusal of the event API is passed on`(there: HTTPResponseStatus, here: HTTPResponseStatus) async throws {
        try await Self.run { chat, events in
            async let response = chat.post("/api/events", ["source": "page", "type": "llm.chat"])
            let details = #"{"error":{"code":"x","message":"y","details":[{"field":"type","problem":"is odd"}]}}"#
            try await events.nextCall().refuse(there, body: details)
            #expect(try await response.status == here)
            let told = try await response.json()["error"]?["details"]?.array ?? []
            #expect(told.isEmpty == (here == .badGateway))
        }
    }

    @Test func `an event that is none is refused here`() async throws {
        try await Self.run { chat, _ in
            let refused = try await chat.post("/api/events", ["type": "no good"])
            #expect(refused.status == .badRequest)
            #expect(try await refused.json()["error"]?["details"]?.array?.count == 2)
        }
    }

    @Test func `without an event API there is none of this`() async throws {
        try await RunningChat.run { chat in
            let statuses = [
                try await chat.post("/notify", Self.notice).status,
                try await chat.get("/api/notifications").status,
                try await chat.post("/api/events", [:]).status,
            ]
            #expect(statuses == [.notFound, .notFound, .notFound])
        }
    }

    @Test func `keys that are missing are told at the start`() async throws {
        await #expect(throws: SettingsError.missing(["EVENTS_SIGNING_KEY"])) {
            try await RunningChat.run(adjust: { $0.eventsURL = "http://localhost:7071" }) { _ in }
        }
        await #expect(throws: SettingsError.missing(["NOTIFY_SIGNING_KEY"])) {
            try await RunningChat.run(
                adjust: {
                    $0.eventsURL = "http://localhost:7071"
                    $0.signingKey = Self.key
                }
            ) { _ in }
        }
        await #expect(throws: SettingsError.invalid(name: "EVENTS_URL", expected: "the address of a web server")) {
            try await RunningChat.run(
                adjust: {
                    $0.eventsURL = "localhost"
                    $0.eventsSigningKey = Self.key
                }
            ) { _ in }
        }
    }
}

/// Somebody who reads notices as they come.
struct Watch: Sendable {
    private let events: AsyncStream<ServerSentEvent>

    /// Reads for as long as a test.
    static func run(
        _ chat: RunningChat,
        user: String? = nil,
        after id: String? = nil,
        _ test: @Sendable (Watch) async throws -> Void
    ) async throws {
        var headers: HTTPHeaders = [:]
        if let id { headers.add(name: "Last-Event-ID", value: id) }
        if let user {
            let issuer = await BearerIssuer(signingKey: ConversationTests.key)
            let token = try await issuer.token(for: user, lifetime: .seconds(60))
            headers.add(name: "Authorization", value: "Bearer \(token)")
        }
        let response = try await chat.get("/api/notifications", headers: headers)
        try #require(response.status == .ok)
        let (events, continuation) = AsyncStream<ServerSentEvent>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var decoder = ServerSentEventDecoder()
                for try await bytes in response.body {
                    for event in try decoder.events(in: bytes.readableBytesView) { continuation.yield(event) }
                }
                continuation.finish()
            }
            defer { group.cancelAll() }
            try await test(Watch(events: events))
        }
    }

    func next() async throws -> ServerSentEvent {
        for await event in events { return event }
        throw CancellationError()
    }
}

extension ServerSentEvent {
    var json: JSON { get throws { try JSON(parsing: data) } }
}

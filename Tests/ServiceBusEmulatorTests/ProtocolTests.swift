import AsyncHTTPClient
import JSONText
import Messaging
import NIOHTTP1
import Settings
import ServiceBusEmulator
import Testing
import TestInstruments

/// The interface as a client sees it that is not ours: requests and answers to the header and the status.
@Suite(.timeLimit(.minutes(1))) struct ProtocolTests {
    private static let batch: HTTPHeaders = ["Content-Type": "application/vnd.microsoft.servicebus.json"]
    private let configuration = BrokerConfiguration(
        queues: [.init("jobs", maxDeliveries: 2, lockSeconds: 60)],
        topics: [.init("news")],
        subscriptions: [.init("mail", topic: "news")]
    )

    @Test func `health needs no token`() async throws {
        try await withEmulator(configuration) { bus in
            let answer = try await bus.request(.GET, "/health", authorized: false)
            #expect(answer.status == 200)
            #expect(answer.headers.first(name: "Content-Type") == "application/json")
            #expect(answer.body == #"{"status":"healthy","service":"broker","version":"1.2.3"}"#)
        }
    }

    @Test func `a message comes back with all that Service Bus says about it`() async throws {
        try await withEmulator(configuration) { bus in
            let broker = """
                {"MessageId":"1","Label":"\\u00e9","CorrelationId":"c","SessionId":"s","PartitionKey":"s","ReplyTo":"r",\
                "TimeToLive":100,"ForcePersistence":true,"Other":[1]}
                """
            let headers: HTTPHeaders = [
                "Content-Type": "text/plain", "BrokerProperties": broker, "Priority": "\"High\"", "Customer": "12.50",
                "Flag": "true", "X-Forwarded-For": "1.2.3.4", "If-Match": "\"etag\"", "Unescaped": #""a"b\c""#,
            ]
            let sent = try await bus.request(.POST, "/jobs/messages", headers: headers, body: Array("hello".utf8))
            #expect(sent.status == 201)
            let answer = try await bus.request(.POST, "/jobs/messages/head?timeout=0")
            #expect(answer.status == 201)
            #expect(answer.body == "hello")
            #expect(answer.headers.first(name: "Content-Type") == "text/plain")
            #expect(answer.headers.first(name: "Priority") == "\"High\"")
            #expect(answer.headers.first(name: "Customer") == "12.50")
            #expect(answer.headers.first(name: "Flag") == "true")
            #expect(answer.headers.first(name: "Unescaped") == #""a\"b\\c""#)
            #expect(answer.headers.first(name: "X-Forwarded-For") == nil)
            #expect(answer.headers.first(name: "If-Match") == nil)
            let properties = try JSON(parsing: try #require(answer.headers.first(name: "BrokerProperties")))
            let token = try #require(properties["LockToken"]?.string)
            #expect(
                properties
                    == .object([
                        .init("MessageId", "1"), .init("Label", "é"), .init("CorrelationId", "c"),
                        .init("SessionId", "s"),
                        .init("PartitionKey", "s"), .init("ReplyTo", "r"), .init("TimeToLive", .number("100.0")),
                        .init("DeliveryCount", 1), .init("EnqueuedSequenceNumber", 0),
                        .init("EnqueuedTimeUtc", "Thu, 01 Jan 2026 00:00:00 GMT"), .init("LockToken", .string(token)),
                        .init("LockedUntilUtc", "Thu, 01 Jan 2026 00:01:00 GMT"), .init("SequenceNumber", 1),
                        .init("State", "Active"),
                    ])
            )
            #expect(answer.headers.first(name: "Location") == "\(bus.endpoint.url)/jobs/messages/1/\(token)")
        }
    }

    @Test func `every operation has its statuses`() async throws {
        try await withEmulator(configuration) { bus in
            func location() async throws -> String {
                let answer = try await bus.request(.POST, "/jobs/messages/head?timeout=0")
                #expect(answer.status == 201)
                let location = try #require(answer.headers.first(name: "Location"))
                return String(location.dropFirst(bus.endpoint.url.count))
            }
            #expect(try await bus.request(.POST, "/jobs/messages/head?timeout=0").status == 204)
            #expect(try await bus.request(.DELETE, "/jobs/messages/head?timeout=0").status == 204)
            #expect(try await bus.request(.POST, "/jobs/messages", body: [1]).status == 201)
            #expect(try await bus.request(.PUT, try await location()).status == 200)
            let place = try await location()
            #expect(try await bus.request(.POST, place).status == 200)
            #expect(try await bus.request(.DELETE, place).status == 200)
            for method in [HTTPMethod.DELETE, .PUT, .POST] {
                #expect(try await bus.request(method, place).status == 404)
                #expect(try await bus.request(method, "/nobody/messages/1/x").status == 410)
            }
            #expect(try await bus.request(.POST, "/jobs/messages", body: Array("x".utf8)).status == 201)
            let taken = try await bus.request(.DELETE, "/jobs/messages/head?timeout=0")
            #expect(taken.status == 200)
            #expect(taken.body == "x")
            for target in [
                "/nobody/messages", "/nobody/messages/head", "/news/messages/head",
                "/news/subscriptions/x/messages/head",
            ] {
                #expect(try await bus.request(.POST, target).status == 410)
            }
            #expect(try await bus.request(.GET, "/jobs/messages").status == 404)
            #expect(try await bus.request(.POST, "/jobs/messages/head?timeout=x").status == 400)
            #expect(try await bus.request(.POST, "/jobs/messages/head?timeout=-1").status == 400)
            let large = Array(repeating: UInt8(0), count: 256 * 1024 + 1)
            #expect(try await bus.request(.POST, "/jobs/messages", body: large).status == 403)
            // The connection is good for more.
            #expect(try await bus.request(.GET, "/health").status == 200)
        }
    }

    @Test(arguments: [
        "{", "[]", #"{"MessageId":1}"#, #"{"MessageId":""}"#, #"{"Label":{}}"#, #"{"TimeToLive":"x"}"#,
        #"{"TimeToLive":0}"#, #"{"ScheduledEnqueueTimeUtc":"tomorrow"}"#, #"{"SessionId":"a","PartitionKey":"b"}"#,
        #"{"MessageId":"a","MessageId":"b"}"#, #"{"TimeToLiveTimeSpan":"x"}"#,
    ])
    func `broker properties that make no sense are a bad request`(broker: String) async throws {
        try await withEmulator(configuration) { bus in
            let answer = try await bus.request(.POST, "/jobs/messages", headers: ["BrokerProperties": broker])
            #expect(answer.status == 400)
            #expect(!answer.body.isEmpty)
        }
    }

    @Test func `a batch is sent all or none`() async throws {
        try await withEmulator(configuration) { bus in
            let body = """
                [{"Body":"one","BrokerProperties":{"Label":"M1","TimeToLiveTimeSpan":"0.00:00:40"}},
                 {"Body":"AP8=","IsBodyBase64":true,"UserProperties":{"Priority":"Low","Count":3}},
                 {"Body":"three","UserProperties":{"Evil":"a\\r\\nInjected: 1"}}]
                """
            let sent = try await bus.request(.POST, "/jobs/messages", headers: Self.batch, body: Array(body.utf8))
            #expect(sent.status == 201)
            let first = try await bus.request(.POST, "/jobs/messages/head?timeout=0")
            #expect(first.body == "one")
            #expect(first.headers.first(name: "BrokerProperties")?.contains(#""TimeToLive":40.0"#) == true)
            let second = try await bus.queue("jobs").take()
            #expect(second?.body == [0x00, 0xFF])
            #expect(second?.properties["Priority"] == "Low")
            let third = try await bus.request(.POST, "/jobs/messages/head?timeout=0")
            #expect(third.headers.first(name: "Evil") == #""a\r\nInjected: 1""#)
            #expect(third.headers.first(name: "Injected") == nil)
            let broken = #"[{"Body":"good"},{"Body":1}]"#
            #expect(
                try await bus.request(.POST, "/jobs/messages", headers: Self.batch, body: Array(broken.utf8)).status
                    == 400
            )
            #expect(try await bus.request(.POST, "/jobs/messages/head?timeout=0").status == 204)
        }
    }

    @Test(arguments: [
        "", "{}", "[]", "[1]", "[{}]", #"[{"Body":"!","IsBodyBase64":true}]"#, #"[{"Body":"","BrokerProperties":1}]"#,
        #"[{"Body":"","UserProperties":[]}]"#, #"[{"Body":"","UserProperties":{"a b":"x"}}]"#,
        #"[{"Body":"","UserProperties":{"a":{}}}]"#, #"[{"Body":"","UserProperties":{"a":"1","A":"2"}}]"#,
        #"[{"Body":"","UserProperties":{"Content-Length":"5"}}]"#,
        "[" + Array(repeating: #"{"Body":""}"#, count: 4501).joined(separator: ",") + "]",
    ])
    func `a batch that makes no sense is a bad request`(body: String) async throws {
        try await withEmulator(configuration) { bus in
            let answer = try await bus.request(.POST, "/jobs/messages", headers: Self.batch, body: Array(body.utf8))
            #expect(answer.status == 400)
        }
    }

    @Test func `a batch type with parameters is a bad request`() async throws {
        try await withEmulator(configuration) { bus in
            let headers: HTTPHeaders = ["Content-Type": "application/vnd.microsoft.servicebus.json; charset=utf-8"]
            let answer = try await bus.request(.POST, "/jobs/messages", headers: headers, body: Array("[]".utf8))
            #expect(answer.status == 400)
        }
    }

    @Test func `a token is asked for, and each of its faults is 401`() async throws {
        try await withEmulator(configuration) { bus in
            #expect(try await bus.request(.POST, "/jobs/messages", authorized: false).status == 401)
            #expect(try await bus.request(.POST, "/nobody/messages", authorized: false).status == 401)
            let tokens = [
                "", "Bearer abc", bus.token(validFor: -1), bus.token(key: SecretValue("wrong")),
                bus.token(keyName: "wrong"),
                bus.token(resource: bus.endpoint.url + "/news"), bus.token(resource: "http://elsewhere/jobs"),
            ]
            for token in tokens {
                let answer = try await bus.request(.POST, "/jobs/messages", headers: ["Authorization": token])
                #expect(answer.status == 401)
            }
            let own = bus.token(resource: bus.endpoint.url + "/jobs")
            #expect(try await bus.request(.POST, "/jobs/messages", headers: ["Authorization": own]).status == 201)
        }
    }

    @Test func `errors of the client are typed and show no key`() async throws {
        try await withEmulator(configuration) { bus in
            await #expect(throws: MessagingError.unauthorized) {
                try await bus.queue("jobs", key: SecretValue("wrong")).send([OutgoingMessage("a")])
            }
            await #expect(throws: MessagingError.unauthorized) {
                _ = try await bus.queue("jobs", key: SecretValue("wrong")).take()
            }
            await #expect(throws: MessagingError.unknownEntity("nobody")) {
                try await bus.queue("nobody").send([OutgoingMessage("a")])
            }
            await #expect(throws: MessagingError.unknownEntity("nobody")) { _ = try await bus.queue("nobody").take() }
            let away = ServiceBusQueue(
                "jobs",
                at: BusEndpoint(scheme: .http, host: "127.0.0.1", port: 1),
                credential: SharedAccessCredential(keyName: "k", key: EmulatorHarness.key),
                client: bus.client,
                retry: SendRetry(attempts: 1)
            )
            let error = await #expect(throws: MessagingError.self) { try await away.send([OutgoingMessage("a")]) }
            guard case .unavailable(let reason) = error else {
                Issue.record("not unavailable but \(String(describing: error))")
                return
            }
            #expect(!reason.contains("sig="))
            #expect(!reason.contains(EmulatorHarness.key.unsafeRevealed))
        }
    }

    @Test func `topics and dead letters are reached over the wire`() async throws {
        try await withEmulator(configuration) { bus in
            try await bus.queue("news").send([OutgoingMessage("n")])
            let subscription = bus.queue("news/subscriptions/mail")
            let message = try #require(try await subscription.take())
            #expect(message.id == "n")
            try await subscription.complete(message.lock)
            let jobs = bus.queue("jobs")
            try await jobs.send([OutgoingMessage("j")])
            for _ in 0..<2 { try await jobs.abandon(try #require(try await jobs.take()).lock) }
            let dead = bus.queue("jobs/$deadletterqueue")
            let letter = try #require(try await dead.take())
            #expect(letter.properties["DeadLetterReason"] == "MaxDeliveryCountExceeded")
            try await dead.complete(letter.lock)
        }
    }

    @Test func `a stopping emulator lets those go who wait`() async throws {
        try await withEmulator(configuration) { bus in
            async let message = bus.queue("jobs").receive(waitingAtMost: .seconds(60))
            await bus.clock.waitForSleeper(of: .seconds(60))
            await bus.stop()
            let received = try await message
            #expect(received == nil)
        }
    }
}

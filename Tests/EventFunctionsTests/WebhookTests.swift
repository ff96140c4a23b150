import AsyncHTTPClient
import Events
import FakeUpstream
import JSONText
import Logging
import Messaging
import NIOHTTP1
import Settings
import TestInstruments
import Testing

@testable import EventFunctions

struct UserMessengerTests {
    @Test func `the signature is the one that webhooks use`() {
        // The example of GitHub's documentation on validating webhook deliveries.
        let signature = Webhook.signature(of: Array("Hello, World!".utf8), with: .init("It's a Secret to Everybody"))
        #expect(signature == "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")
    }

    @Test func `a message is posted with its text, its event, its signature and its trace`() async throws {
        try await FakeUpstream.run { upstream in
            let webhook = Webhook(url: upstream.baseURL, signingKey: .init("key"), client: .noRedirects)
            let messenger = UserMessenger(destination: webhook, logger: .silent)
            let event = Event(
                id: "1",
                source: "s",
                type: UserMessenger.messageType,
                userID: "ada",
                metadata: [.init("text", "Hi")]
            )
            async let delivery: Void = messenger.handle(event, trace: "00-trace")
            let call = try await upstream.nextCall()
            let body = try JSON(parsing: call.body)
            #expect(body["userID"] == "ada" && body["type"] == "user.message" && body["text"] == "Hi")
            #expect(body["event"] == event.json)
            let signature = Webhook.signature(of: Array(call.body.utf8), with: .init("key"))
            #expect(call.head.headers["x-signature"] == [signature])
            #expect(call.head.headers["traceparent"] == ["00-trace"])
            try await call.refuse(.noContent)
            try await delivery
        }
    }

    @Test(arguments: [
        (HTTPResponseStatus.badRequest, "NotificationRefused"), (.notFound, "NotificationRefused"),
        (.movedPermanently, "NotificationRedirected"), (.temporaryRedirect, "NotificationRedirected"),
    ])
    func `what the address will never take is rejected at once`(status: HTTPResponseStatus, reason: String) async throws
    {
        try await FakeUpstream.run { upstream in
            let webhook = Webhook.eager(upstream.baseURL)
            async let posted = outcome { try await webhook.post([:], trace: nil) }
            // To follow it, or to try again, would be a second call that nobody answers.
            try await upstream.nextCall().refuse(status, headers: ["Location": "\(upstream.baseURL)/elsewhere"])
            let result = await posted
            let error = #expect(throws: RejectedMessage.self) { try result.get() }
            #expect(error?.reason == reason)
            #expect(error?.description.contains("\(status.code)") == true)
        }
    }

    @Test func `an address that is busy is asked again, and not for ever`() async throws {
        try await FakeUpstream.run { upstream in
            let webhook = Webhook.eager(upstream.baseURL)
            async let posted = outcome { try await webhook.post([:], trace: nil) }
            for status in [HTTPResponseStatus.internalServerError, .tooManyRequests, .badGateway, .requestTimeout] {
                try await upstream.nextCall().refuse(status)
            }
            let result = await posted
            #expect(throws: WebhookError.busy(status: 408)) { try result.get() }
        }
    }

    @Test func `a pause that is asked for is kept, and a long one spent in the queue`() async throws {
        try await FakeUpstream.run { upstream in
            let clock = EventClock()
            let start = clock.now
            var webhook = Webhook.eager(upstream.baseURL)
            webhook.clock = clock
            let patient = webhook
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await clock.run() }
                async let posted = outcome { try await patient.post([:], trace: nil) }
                try await upstream.nextCall().refuse(.serviceUnavailable, headers: ["Retry-After": "7"])
                try await upstream.nextCall().refuse(.serviceUnavailable, headers: ["Retry-After": "3600"])
                let result = await posted
                #expect(throws: WebhookError.busy(status: 503)) { try result.get() }
                #expect(start.duration(to: clock.now) == .seconds(7))
                group.cancelAll()
            }
        }
    }

    @Test func `an address that always fails is left alone, so that others need not wait for it`() async throws {
        try await FakeUpstream.run { upstream in
            let webhook = Webhook.eager(upstream.baseURL)
            async let first = outcome { try await webhook.post([:], trace: nil) }
            for _ in 0..<4 { try await upstream.nextCall().refuse(.badGateway) }
            let firstResult = await first
            #expect(throws: WebhookError.self) { try firstResult.get() }
            async let second = outcome { try await webhook.post([:], trace: nil) }
            try await upstream.nextCall().refuse(.badGateway)
            // The fifth failure in a row was the last one for now.
            let secondResult = await second
            #expect(throws: WebhookError.leftAlone) { try secondResult.get() }
            await #expect(throws: WebhookError.leftAlone) { try await webhook.post([:], trace: nil) }
        }
    }

    @Test func `an answer without end is not read to its end`() async throws {
        try await FakeUpstream.run { upstream in
            let webhook = Webhook.eager(upstream.baseURL)
            async let posted = outcome { try await webhook.post([:], trace: nil) }
            let call = try await upstream.nextCall()
            try await call.begin(status: .ok)
            while (try? await call.send(raw: String(repeating: "x", count: 65536))) != nil {}
            let result = await posted
            try result.get()
        }
    }
}

struct CircuitBreakerTests {
    @Test func `it opens after failures in a row, lets one through after a pause, and closes when that succeeds`() {
        var state = CircuitBreakerState()
        func admits(at time: Duration) -> Bool { state.admits(at: time) }
        for _ in 0..<4 { state.failed(at: .zero) }
        state.succeeded()
        for _ in 0..<4 { state.failed(at: .zero) }
        #expect(admits(at: .zero))
        state.failed(at: .zero)
        #expect(!admits(at: .seconds(14)))
        #expect(admits(at: .seconds(15)))
        #expect(!admits(at: .seconds(16)))
        state.failed(at: .seconds(16))
        #expect(!admits(at: .seconds(30)))
        #expect(admits(at: .seconds(31)))
        state.succeeded()
        #expect(admits(at: .seconds(31)))
    }
}

extension HTTPClient {
    /// The client that the service uses, for as long as the tests run.
    fileprivate static let noRedirects = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .messaging)
}

extension Webhook {
    /// One that does not wait between its attempts.
    fileprivate static func eager(_ url: String) -> Webhook {
        var webhook = Webhook(url: url, signingKey: nil, client: .noRedirects)
        webhook.backoff = Backoff(first: .zero, limit: .zero)
        return webhook
    }
}

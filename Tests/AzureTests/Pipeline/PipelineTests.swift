import JSONText
import NIOHTTP1
import Settings
import TestInstruments
import Testing
import WebFormats

@testable import Azure

@Suite(.timeLimit(.minutes(1))) struct PipelineTests {
    @Test func `a request carries token, version, ids and its body`() async throws {
        try await Harness.run(replies: [.json(#"{"name": "one"}"#)]) { azure in
            let client = try azure.client()
            var request = AzureRequest(.put, .path("/things/one", apiVersion: "2024-01-01"), body: ["a": 1])
            request.query = [("$expand", "a b")]
            request.ifMatch = "*"
            #expect(try await client.send(request).json() == ["name": "one"])
            _ = try await client.send(.get())

            let (first, second) = (azure.server.requests[0], azure.server.requests[1])
            #expect(first.line == "PUT /things/one?$expand=a%20b&api-version=2024-01-01")
            #expect(first.body == #"{"a":1}"#)
            #expect(first.headers["Authorization"] == ["Bearer \(Harness.canary)-token-1"])
            #expect(first.headers["Content-Type"] == ["application/json"])
            #expect(first.headers["If-Match"] == ["*"])
            #expect(first.headers["x-ms-return-client-request-id"] == ["true"])
            #expect(first.headers["x-ms-correlation-request-id"] == [client.correlationID])
            #expect(second.headers["x-ms-correlation-request-id"] == [client.correlationID])
            #expect(first.headers["x-ms-client-request-id"] != second.headers["x-ms-client-request-id"])
            #expect(second.headers["Content-Type"] == [])
            let isUUID = client.correlationID.wholeMatch(
                of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
            )
            #expect(isUUID != nil)
        }
    }

    // MARK: Again

    @Test func `what Azure asks to wait is waited and told`() async throws {
        let replies: [Reply] = [.answer(429, [("Retry-After", "12")]), .json("{}")]
        try await Harness.run(replies: replies) { azure in
            _ = try await azure.client().send(.get())
            let wait = try #require(azure.waits.first)
            #expect(azure.waits.count == 1)
            #expect(wait.cause == .asked(status: 429))
            #expect((Duration.seconds(12)...(.seconds(13.2))).contains(wait.duration))
            #expect(azure.clock.sleeps == [wait.duration])
            let words = "\(AzureEvent.waiting(wait))"
            #expect(words.hasPrefix("waiting 1") && words.contains("Azure asked"))
        }
    }

    @Test(
        arguments: [
            Reply.hangUp, .cut(200, "{"), .answer(503), .answer(500, [], "<html>"), .answer(408),
            .answer(429, [("x-ms-retry-after-ms", "5")]),
        ]
    )
    func `trouble that passes is not seen`(trouble: Reply) async throws {
        try await Harness.run(replies: [trouble, trouble, .json(#"{"a": 1}"#)]) { azure in
            let answer = try await azure.client().send(.get())
            #expect(try answer.json() == ["a": 1])
            #expect(azure.server.requests.count == 3)
            #expect(azure.waits.count == 2)
            let ids = Set(azure.server.requests.map { $0.headers.first(name: "x-ms-client-request-id") })
            #expect(ids.count == 3)
        }
    }

    @Test func `an answer that does not end is given up after its time`() async throws {
        let limitClock = Shared<TestClock?>(nil)
        let handler: @Sendable (ReceivedRequest) async -> Reply = { request in
            guard request.index == 0 else { return .json("{}") }
            return .stall {
                let clock = limitClock.withLock { $0 }
                await clock?.waitForSleeper(of: .seconds(60))
                clock?.advance(by: .seconds(60))
            }
        }
        try await Harness.run(handler) { azure in
            limitClock.withLock { $0 = azure.limitClock }
            _ = try await azure.client().send(.get())
            #expect(azure.waits.map(\.cause) == [.unreachable("no answer for 60 s")])
        }
    }

    @Test func `a server that is not there is tried until the tries are used up`() async throws {
        try await Harness.run(replies: [.json("{}")]) { azure in
            // Nobody listens on port 1.
            let nobody = try #require(WebAddress("http://127.0.0.1:1"))
            let client = try AzureClient(
                server: nobody,
                scope: azure.cloud.resourceManagerScope,
                tokens: TokenCache(FixedCredential(), connection: azure.connection),
                connection: azure.connection
            )
            let error = try await azure.failure {
                _ = try await client.send(AzureRequest(.post, .path("/x", apiVersion: "1")))
            }
            #expect(error.reason == .unreachable("127.0.0.1 cannot be reached", tries: 14))
            #expect("\(error)" == "127.0.0.1 cannot be reached, after 14 tries [POST /x]")
        }
    }

    @Test func `the budget ends the tries`() async throws {
        try await Harness.run(replies: [.answer(503)]) { azure in
            var policy = RetryPolicy()
            policy.tries = 1000
            policy.budget = .seconds(60)
            let error = try await azure.failure { _ = try await azure.client(policy: policy).send(.get()) }
            #expect(error.status == 503)
            #expect(azure.clock.elapsed < .seconds(60) && azure.clock.elapsed > .seconds(20))
        }
    }

    @Test func `a longer wait than there is time is an error that names it`() async throws {
        try await Harness.run(replies: [.answer(429, [("Retry-After", "900")])]) { azure in
            let error = try await azure.failure { _ = try await azure.client().send(.get()) }
            #expect(error.askedWait == .seconds(900))
            #expect("\(error)".contains("Azure asked to wait 900 s"))
            #expect(azure.clock.sleeps.isEmpty)
        }
    }

    @Test(arguments: [Reply.hangUp, .answer(503), .answer(500)])
    func `an action is not repeated when it may have been done`(trouble: Reply) async throws {
        try await Harness.run(replies: [trouble, .json("{}")]) { azure in
            let request = AzureRequest(.post, .path("/x/restart", apiVersion: "1"))
            _ = try await azure.failure { _ = try await azure.client().send(request) }
            #expect(azure.server.requests.count == 1)
        }
    }

    @Test func `an action that was turned away, or only reads, is repeated`() async throws {
        try await Harness.run(replies: [.answer(429), .json("{}"), .answer(503), .json("{}")]) { azure in
            var request = AzureRequest(.post, .path("/x/listKeys", apiVersion: "1"))
            _ = try await azure.client().send(request)
            request.isRepeatable = true
            _ = try await azure.client().send(request)
            #expect(azure.server.requests.count == 4)
        }
    }

    // MARK: Tokens

    @Test func `a token that is refused is replaced once`() async throws {
        let handler: @Sendable (ReceivedRequest) async -> Reply = { request in
            request.headers.first(name: "Authorization")?.hasSuffix("token-1") == true ? .answer(401) : .json("{}")
        }
        try await Harness.run(handler) { azure in
            let credential = FixedCredential()
            let client = try azure.client(credential: credential)
            _ = try await client.send(.get())
            _ = try await client.send(.get())
            #expect(azure.server.requests.count == 3)
            #expect(credential.timesAsked == 2)
            #expect(azure.waits.isEmpty)
        }
    }

    @Test func `a fresh token that is refused is an error`() async throws {
        let refusal = #"{"error": {"code": "InvalidAuthenticationToken", "message": "No."}}"#
        try await Harness.run(replies: [.json(401, refusal)]) { azure in
            let error = try await azure.failure { _ = try await azure.client().send(.get()) }
            #expect(error.status == 401)
            #expect(error.has(code: "invalidauthenticationtoken"))
            #expect(azure.server.requests.count == 2)
        }
    }

    @Test func `no token goes to another server, or over the open net`() async throws {
        try await Harness.run(replies: [.json("{}")]) { azure in
            let credential = FixedCredential()
            let client = try azure.client(credential: credential)
            let elsewhere = try #require(WebAddress("https://evil.example/x?api-version=1"))
            let error = try await azure.failure { _ = try await client.send(AzureRequest(.get, .address(elsewhere))) }
            #expect(error.reason == .untrusted("https://evil.example"))

            let open = AzureClient(
                server: try #require(WebAddress("http://management.azure.com")),
                scope: client.scope,
                tokens: client.tokens,
                connection: azure.connection
            )
            _ = try await azure.failure { _ = try await open.send(.get()) }
            #expect(credential.timesAsked == 0)
            #expect(azure.server.requests.isEmpty)
        }
    }

    @Test func `a redirect is not followed`() async throws {
        try await Harness.run(replies: [.answer(307, [("Location", "http://127.0.0.1:1/x")])]) { azure in
            let error = try await azure.failure { _ = try await azure.client().send(.get()) }
            #expect(error.status == 307)
        }
    }

    // MARK: Answers

    @Test func `an answer that never ends is cut off`() async throws {
        let page = String(repeating: "a", count: AzureConnection.bodyLimit + 1)
        try await Harness.run(replies: [.answer(200, [], page)]) { azure in
            let error = try await azure.failure { _ = try await azure.client().send(.get()) }
            #expect(error.reason == .unreachable("the answer is longer than 32 MB", tries: 1))
            #expect(azure.server.requests.count == 1)
        }
    }

    @Test func `an answer that is no JSON, or begins with a mark, is told apart`() async throws {
        try await Harness.run(replies: [.answer(200, [], "<html>"), .answer(200, [], "\u{FEFF}{}"), .answer(200)]) {
            azure in
            let client = try azure.client()
            let error = try await azure.failure { _ = try await client.send(.get()).json() }
            #expect("\(error)" == "the answer cannot be read: unexpected '<' at byte 0 [GET /things/one answered 200]")
            #expect(try await client.send(.get()).json() == [:])
            #expect(try await client.send(.get()).json() == nil)
        }
    }

    @Test func `headers of many kilobytes arrive`() async throws {
        let long = "http://127.0.0.1/" + String(repeating: "x", count: 16_000)
        try await Harness.run(replies: [.answer(202, [("Location", long)])]) { azure in
            let answer = try await azure.client().send(.get())
            #expect(answer.headers["Location"] == [long])
        }
    }

    // MARK: Secrets

    @Test func `what a server repeats of secrets is nowhere seen`() async throws {
        let secret = "\(Harness.canary)-password/with+signs"
        let handler: @Sendable (ReceivedRequest) async -> Reply = { request in
            let authorization = request.headers.first(name: "Authorization") ?? ""
            let said = "\(authorization) is not allowed to set \(secret) or \(PercentEncoding.encode(secret))"
            let body: JSON = [
                "error": ["code": "Bad", "message": .string(said), "details": [["message": .string(said)]]]
            ]
            return .json(400, body.text, [("x-ms-request-id", authorization), ("x-ms-correlation-request-id", secret)])
        }
        try await Harness.run(handler) { azure in
            var request = AzureRequest(.put, .path("/x", apiVersion: "1"), body: ["password": .string(secret)])
            request.secrets = [SecretValue(secret)]
            let error = try await azure.failure { _ = try await azure.client().send(request) }
            #expect(error.serviceError?.message == "Bearer <secret> is not allowed to set <secret> or <secret>")
            #expect(azure.server.requests[0].body.contains(secret))
            azure.journal.withLock { $0.append("\(request) \(String(reflecting: request))") }
        }
    }

    @Test func `the log says what was sent where, and how it was answered`() async throws {
        try await Harness.run(replies: [.json(200, "{}", [("x-ms-request-id", "r1")])]) { azure in
            _ = try await azure.client().send(.get())
            let lines = azure.journal.withLock { $0 }
            #expect(
                lines == [
                    "request address=\(try azure.address.text)/things/one?api-version=2024-01-01 method=GET",
                    "answer bytes=2 request=GET /things/one status=200 x-ms-request-id=r1",
                ]
            )
        }
    }

    @Test func `cancelling ends a wait`() async throws {
        try await Harness.run(replies: [.answer(503)]) { azure in
            let connection = AzureConnection(
                client: azure.httpClient,
                time: TimeSource(clock: azure.limitClock, limitClock: azure.limitClock),
                logger: azure.connection.logger
            )
            let client = AzureClient(
                cloud: try azure.cloud,
                tokens: TokenCache(FixedCredential(), connection: connection),
                connection: connection
            )
            await withTaskGroup { group in
                group.addTask { await #expect(throws: CancellationError.self) { try await client.send(.get()) } }
                await azure.limitClock.waitForSleepers(1)
                group.cancelAll()
            }
        }
    }
}

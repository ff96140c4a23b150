import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSONText
import Logging
import Messaging
import NIOCore
import ServiceKit
import ServiceLifecycle
import Settings
import TestInstruments
import Testing

@testable import FunctionHost

@Suite(.timeLimit(.minutes(1)))
struct CustomHandlerHostTests {
    private struct Broken: Error {}

    private static let functions: [HostedFunction] = [
        .http(HTTPFunction("Show", .get, "jobs/{id}")) { request, context in
            let query = request.uri.queryParameters.get("q") ?? ""
            let tag = request.headers[.ifMatch] ?? ""
            return Response.json(
                ["id": .string(context.parameters.get("id") ?? ""), "q": .string(query), "tag": .string(tag)]
            )
        },
        .http(HTTPFunction("Create", .post, "jobs")) { request, context in
            let body = try await request.json(upTo: 1000)
            return Response.json(["user": context.user.map { .string($0) } ?? .null, "body": body], status: .created)
        },
        .http(HTTPFunction("Stream", .get, "stream")) { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    for part in ["one ", "two"] { try await writer.write(ByteBuffer(string: part)) }
                    try await writer.finish(nil)
                }
            )
        },
        .queue(QueueFunction<String>("Work"), reading: text) { text, _ in
            if text == "broken" { throw Broken() }
        },
        .timer(TimerFunction("Tick", .hourly(minute: 0))) {},
        .timer(TimerFunction("Tock", .hourly(minute: 0))) { throw Broken() },
    ]

    private static func text(_ message: ReceivedMessage) throws(RejectedMessage) -> String {
        let text = String(decoding: message.body, as: UTF8.self)
        if text.isEmpty { throw RejectedMessage(reason: "NoText", description: "the body is empty") }
        return text
    }

    // MARK: Requests

    @Test func `nobody but this machine can call`() throws {
        let server = try #require(Self.services().compactMap { $0 as? WebServer }.first)
        #expect(server.host == "127.0.0.1")
    }

    @Test func `the host finds somebody at home`() async throws {
        try await answering { client in
            for path in ["/", "/health"] {
                try await client.execute(uri: path, method: .get) { #expect($0.status == .ok) }
            }
        }
    }

    @Test func `a request at its own path and one inside a payload get the same answer`() async throws {
        let key = SecretValue("a key that is long enough for HMAC")
        let token = try await BearerIssuer(signingKey: key).token(for: "ada", lifetime: .seconds(3600))
        let body = #"{"n": 1.0}"#
        try await answering(authenticator: BearerAuthenticator(signingKey: key)) { client in
            for authorization in ["Bearer \(token)", "Bearer wrong"] {
                let direct = try await client.execute(
                    uri: "/api/jobs?x=1",
                    method: .post,
                    headers: [.authorization: authorization, .contentType: "application/json"],
                    body: ByteBuffer(string: body)
                ) { $0 }
                let payload: JSON = [
                    "Data": [
                        "request": [
                            "Url": "http://localhost:7071/api/jobs?x=1", "Method": "POST", "Query": "{}",
                            "Headers": [
                                "Authorization": [.string(authorization)], "Content-Type": ["application/json"],
                                "Content-Length": ["99"],
                            ],
                            "Params": [:], "Identities": [], "Body": .string(body),
                        ]
                    ],
                    "Metadata": [:],
                ]
                let output = try #require(try await post(payload, to: "Create", client)["Outputs"]?["response"])
                #expect(output["statusCode"]?.string == String(direct.status.code))
                #expect(output["body"]?.string == String(buffer: direct.body))
                #expect(output["headers"]?["Content-Type"]?.string == direct.headers[.contentType])
                #expect(output["headers"]?["WWW-Authenticate"]?.string == direct.headers[.wwwAuthenticate])
            }
        }
    }

    @Test(arguments: ["http://localhost/api/jobs/a-1?q=z", "/api/jobs/a-1?q=z"])
    func `parameters, queries and headers are found in a payload`(url: String) async throws {
        try await answering { client in
            let payload: JSON = [
                "Data": ["request": ["Url": .string(url), "Method": "GET", "Headers": ["If-Match": ["\"t\""]]]]
            ]
            let answer = try await post(payload, to: "Show", client)
            #expect(answer["Outputs"]?["response"]?["body"] == #"{"id":"a-1","q":"z","tag":"\"t\""}"#)
            #expect(answer["Logs"] == [])
            #expect(answer["ReturnValue"] == .null)
        }
    }

    @Test func `an answer that comes in parts is put together`() async throws {
        try await answering { client in
            let payload: JSON = ["Data": ["request": ["Url": "/api/stream", "Method": "GET"]]]
            let answer = try await post(payload, to: "Stream", client)
            #expect(answer["Outputs"]?["response"]?["body"] == "one two")
        }
    }

    @Test(arguments: [
        (#"{"Data":{"request":{"Url":"/Work","Method":"POST"}}}"#, "404"),
        (#"{"Data":{"request":{"Url":"http://x","Method":"GET"}}}"#, "404"),
    ])
    func `a payload reaches nothing but functions`(payload: String, status: String) async throws {
        try await answering { client in
            let answer = try await post(try JSON(parsing: payload), to: "Show", client)
            #expect(answer["Outputs"]?["response"]?["statusCode"]?.string == status)
        }
    }

    @Test(arguments: [
        ("Nothing", #"{"Data":{"m":1}}"#, 404, "unknown_function"),
        ("Work", "{", 400, "invalid_json"),
        ("Work", "{}", 400, "invalid_invocation"),
        ("Show", #"{"Data":{"request":{"Method":"GET"}}}"#, 400, "invalid_invocation"),
        ("Show", #"{"Data":{"request":{"Url":"/api/jobs/1","Method":"NO METHOD"}}}"#, 400, "invalid_invocation"),
        ("Work", #"{"Data":"\#(String(repeating: "x", count: 4 << 20))"}"#, 413, "too_large"),
    ])
    func `a bad call is refused with the reason`(name: String, body: String, status: Int, code: String) async throws {
        try await answering { client in
            let answer = try await client.execute(
                uri: "/\(name)",
                method: .post,
                headers: [.contentType: "application/json"],
                body: ByteBuffer(string: body)
            ) { $0 }
            #expect(answer.status.code == status)
            #expect(try JSON(parsing: answer.body.readableBytesView)["error"]?["code"]?.string == code)
        }
    }

    // MARK: Messages and timers

    @Test func `a handled message is answered as the host wants it`() async throws {
        try await answering { client in
            let answer = try await call("Work", Self.message("fine"), client)
            #expect(answer.status == .ok)
            #expect(answer.headers[.contentType]?.hasPrefix("application/json") == true)
            #expect(String(buffer: answer.body) == #"{"Outputs":{},"Logs":[],"ReturnValue":null}"#)
        }
    }

    @Test func `a rejected message is completed once its copy is a dead letter with the reason`() async throws {
        let dead = InMemoryQueue()
        try await answering(deadLetters: dead) { client in
            let answer = try await call("Work", Self.message(""), client)
            #expect(answer.status == .ok)
            let line = try JSON(parsing: answer.body.readableBytesView)["Logs"]?.array?.first?.string
            #expect(line?.contains("NoText") == true)
            let letter = try #require(try await dead.receive(waitingAtMost: .zero))
            #expect(letter.id == "m")
            #expect(letter.properties["DeadLetterReason"] == "NoText")
            #expect(letter.properties["DeadLetterErrorDescription"] == "the body is empty")
        }
    }

    @Test func `a failed message rests before the host is told, for longer each time`() async throws {
        let clock = TestClock()
        try await answering(clock: clock) { client in
            for (delivery, pause) in [(1, Duration.seconds(1)), (2, .seconds(2)), (7, .seconds(60))] {
                async let answer = call("Work", Self.message("broken", delivery: delivery), client)
                await clock.waitForSleeper(of: pause)
                clock.advance(by: pause)
                let status = try await answer.status
                #expect(status == .internalServerError)
            }
        }
    }

    @Test func `no more than half of the calls rest`() async throws {
        let clock = TestClock()
        try await answering(rules: .init(concurrency: 4), clock: clock) { client in
            try await withThrowingTaskGroup(of: HTTPResponse.Status.self) { group in
                for _ in 0..<3 {
                    group.addTask { try await call("Work", Self.message("broken"), client).status }
                }
                // One of the three is answered while the clock stands still.
                let first = try await group.next()
                #expect(first == .internalServerError)
                await clock.waitForSleepers(2)
                clock.advance(by: .seconds(1))
                for try await status in group { #expect(status == .internalServerError) }
            }
        }
    }

    @Test(arguments: [10, 11])
    func `a message that failed too often becomes a dead letter`(delivery: Int) async throws {
        let dead = InMemoryQueue()
        try await answering(deadLetters: dead) { client in
            let answer = try await call("Work", Self.message("broken", delivery: delivery), client)
            #expect(answer.status == .ok)
            let letter = try #require(try await dead.receive(waitingAtMost: .zero))
            #expect(letter.properties["DeadLetterReason"] == "MaxDeliveryCountExceeded")
        }
    }

    @Test func `without a dead-letter queue the message goes back to the host`() async throws {
        try await answering { client in
            let answer = try await call("Work", Self.message(""), client)
            #expect(answer.status == .internalServerError)
        }
    }

    @Test func `a dead letter that cannot be sent leaves the message with the host`() async throws {
        let full = InMemoryQueue(rules: .init(capacity: 0))
        try await answering(deadLetters: full, rules: .init(concurrency: 0)) { client in
            let answer = try await call("Work", Self.message(""), client)
            #expect(answer.status == .internalServerError)
        }
    }

    @Test func `a timer runs, and says when it fails`() async throws {
        try await answering { client in
            let payload: JSON = ["Data": ["timer": ["Schedule": [:], "IsPastDue": true]], "Metadata": [:]]
            let (tick, tock) = (try await call("Tick", payload, client), try await call("Tock", payload, client))
            #expect(tick.status == .ok)
            #expect(tock.status == .internalServerError)
        }
    }

    // MARK: Parts

    private static func message(_ body: String, delivery: Int = 1) -> JSON {
        [
            "Data": ["message": .string(JSON.string(body).text)],
            "Metadata": ["MessageId": "m", "DeliveryCount": JSON(delivery)],
        ]
    }

    private func call(
        _ name: String,
        _ payload: JSON,
        _ client: any TestClientProtocol
    ) async throws -> TestResponse {
        try await client.execute(
            uri: "/\(name)",
            method: .post,
            headers: [.contentType: "application/json; charset=utf-8"],
            body: ByteBuffer(bytes: payload.bytes)
        ) { $0 }
    }

    private func post(_ payload: JSON, to name: String, _ client: any TestClientProtocol) async throws -> JSON {
        let answer = try await call(name, payload, client)
        #expect(answer.status == .ok)
        return try JSON(parsing: answer.body.readableBytesView)
    }

    private func answering(
        authenticator: BearerAuthenticator? = nil,
        deadLetters: (any MessageSender)? = nil,
        rules: MessagePump.Rules = .functions,
        clock: any Clock<Duration> = ContinuousClock(),
        _ test: @escaping @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        let services = Self.services(authenticator, deadLetters, rules, clock)
        let server = try #require(services.compactMap { $0 as? WebServer }.first)
        try await server.application.test(.router) { try await test($0) }
    }

    private static func services(
        _ authenticator: BearerAuthenticator? = nil,
        _ deadLetters: (any MessageSender)? = nil,
        _ rules: MessagePump.Rules = .functions,
        _ clock: any Clock<Duration> = ContinuousClock()
    ) -> [any Service] {
        CustomHandlerHost(functions, rules: rules, clock: clock, jitter: { 1 })
            .services(
                identity: ServiceIdentity(name: "sample", version: "9"),
                port: 0,
                authenticator: authenticator,
                deadLetters: deadLetters,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
    }
}

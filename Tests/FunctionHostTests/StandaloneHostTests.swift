import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSONText
import Logging
import Messaging
import ServiceKit
import ServiceLifecycle
import Settings
import Testing

@testable import FunctionHost

struct StandaloneHostTests {
    static let show = HostedFunction.http(HTTPFunction("Show", .get, "jobs/{id}")) { _, context in
        Response.json(["id": .string(context.parameters.get("id") ?? "")])
    }
    static let create = HostedFunction.http(HTTPFunction("Create", .post, "jobs")) { _, _ in
        Response.json([:], status: .created)
    }

    @Test func `a function answers its method and route below the prefix`() async throws {
        try await answering { client in
            try await client.execute(uri: "/api/jobs/a-1", method: .get) {
                #expect($0.status == .ok)
                #expect(String(buffer: $0.body) == #"{"id":"a-1"}"#)
            }
            try await client.execute(uri: "/api/jobs", method: .post) { #expect($0.status == .created) }
        }
    }

    @Test(arguments: [
        ("/jobs", HTTPRequest.Method.post, "not_found"), ("/api", .get, "not_found"),
        ("/api/jobs/a/b", .get, "not_found"), ("/api/jobs", .get, "method_not_allowed"),
        ("/api/jobs/a", .delete, "method_not_allowed"),
    ])
    func `nothing else is there`(path: String, method: HTTPRequest.Method, code: String) async throws {
        try await answering { client in
            try await client.execute(uri: path, method: method) {
                #expect($0.status == (code == "not_found" ? .notFound : .methodNotAllowed))
                let error = try JSON(parsing: $0.body.readableBytesView)["error"]
                #expect(error?["code"]?.string == code)
                #expect(error?["message"]?.string?.isEmpty == false)
                #expect(error?["details"] == [])
            }
        }
    }

    @Test func `an authenticator guards the functions and leaves the health open`() async throws {
        let key = SecretValue("a key that is long enough for HMAC")
        let token = try await BearerIssuer(signingKey: key).token(for: "ada", lifetime: .seconds(3600))
        try await answering(authenticator: BearerAuthenticator(signingKey: key)) { client in
            try await client.execute(uri: "/health", method: .get) { #expect($0.status == .ok) }
            try await client.execute(uri: "/api/jobs/1", method: .get) {
                #expect($0.status == .unauthorized)
                let error = try JSON(parsing: $0.body.readableBytesView)["error"]
                #expect(error?["code"] == "unauthorized")
            }
            let headers: HTTPFields = [.authorization: "Bearer \(token)"]
            try await client.execute(uri: "/api/jobs/1", method: .get, headers: headers) {
                #expect($0.status == .ok)
            }
        }
    }

    @Test func `a queue function gets what it can read, and the rest becomes dead letters with the reason`()
        async throws
    {
        let (queue, deadLetters) = (InMemoryQueue(), InMemoryQueue())
        let (handled, continuation) = AsyncStream.makeStream(of: String.self)
        let work = HostedFunction.queue(QueueFunction<String>("Work"), reading: Self.text) { text, message in
            continuation.yield("\(message.id): \(text)")
        }
        let pumps = services([work], source: queue, deadLetters: deadLetters).filter { $0 is MessagePump }
        #expect(pumps.count == 1)
        let group = ServiceGroup(services: pumps, logger: Self.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try queue.send([
                OutgoingMessage(id: "bad", body: [0xFF]), OutgoingMessage(id: "good", body: Array("hi".utf8)),
            ])
            let first = await handled.first { _ in true }
            #expect(first == "good: hi")
            let letter = try await deadLetters.receive(waitingAtMost: .seconds(60))
            #expect(letter?.id == "bad")
            #expect(letter?.body == [0xFF])
            #expect(letter?.properties["DeadLetterReason"] == "NoText")
            #expect(letter?.properties["DeadLetterErrorDescription"] == "the body is not UTF-8")
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(queue.count == 0)
    }

    @Test func `each function that no request calls becomes a service of its own`() {
        let tick = HostedFunction.timer(TimerFunction("Tick", .hourly(minute: 7))) {}
        let services = services([Self.show, Self.create, tick])
        #expect(services.count == 2)
        #expect(services.compactMap { $0 as? TimerLoop }.map(\.function.schedule) == [.hourly(minute: 7)])
    }

    private static func text(_ message: ReceivedMessage) throws(RejectedMessage) -> String {
        guard let text = String(validating: message.body, as: UTF8.self) else {
            throw RejectedMessage(reason: "NoText", description: "the body is not UTF-8")
        }
        return text
    }

    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func services(
        _ functions: [HostedFunction],
        authenticator: BearerAuthenticator? = nil,
        source: any MessageReceiver = InMemoryQueue(),
        deadLetters: (any MessageSender)? = nil
    ) -> [any Service] {
        StandaloneHost(functions)
            .services(
                identity: ServiceIdentity(name: "sample", version: "9"),
                host: "127.0.0.1",
                port: 0,
                authenticator: authenticator,
                source: source,
                deadLetters: deadLetters,
                logger: Self.logger
            )
    }

    private func answering(
        authenticator: BearerAuthenticator? = nil,
        _ test: @escaping @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        let services = services([Self.show, Self.create], authenticator: authenticator)
        let server = try #require(services.compactMap { $0 as? WebServer }.first)
        try await server.application.test(.router) { try await test($0) }
    }
}

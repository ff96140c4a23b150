import AsyncHTTPClient
import FakeUpstream
import JSONText
import Logging
import Messaging
import NIOHTTP1
import ServiceKit
import Settings
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A service that reaches its bus as an identity, against a host and a bus on a real socket.
@Suite(.timeLimit(.minutes(1))) struct IdentityTests {
    private static let setting = Setting<BusConnection>("SERVICEBUS_CONNECTION")

    /// Runs a queue whose bus and whose host are both the one server of the test.
    private func withQueue(
        _ body: @Sendable @escaping (ServiceBusQueue, FakeUpstream) async throws -> Void
    ) async throws {
        try await FakeUpstream.run { server in
            let settings = SettingsReader(values: [
                "SERVICEBUS_CONNECTION__fullyQualifiedNamespace": "127.0.0.1:\(server.port)",
                "SERVICEBUS_CONNECTION__credential": "managedidentity",
                "SERVICEBUS_CONNECTION__clientId": "the app",
            ])
            let environment = [
                "IDENTITY_ENDPOINT": "http://127.0.0.1:\(server.port)/msi/token", "IDENTITY_HEADER": "a header",
                "AZURE_CLIENT_ID": "somebody else",
            ]
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .messaging)
            do {
                let bus = try ServiceBus(
                    settings.connection(Self.setting),
                    environment: environment,
                    client: client,
                    logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
                )
                try await body(try bus.queue("jobs"), server)
            } catch {
                try await client.shutdown()
                throw error
            }
            try await client.shutdown()
        }
    }

    /// Answers as the host of an app does, where the question is right in every part.
    private func giveToken(_ token: String, to call: UpstreamCall, lifetime: Int = 86_400) async throws {
        let uri = "/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fservicebus.azure.net&client_id=the%20app"
        #expect(call.head.uri == uri)
        #expect(call.head.headers["X-IDENTITY-HEADER"] == ["a header"])
        #expect(call.head.headers["Authorization"] == [])
        let end = Int(Date().timeIntervalSince1970) + lifetime
        try await call.refuse(.ok, body: #"{"access_token":"\#(token)","expires_on":"\#(end)","token_type":"Bearer"}"#)
    }

    private func take(_ call: UpstreamCall, from token: String) async throws {
        #expect(call.head.uri == "/jobs/messages")
        #expect(call.head.headers["Authorization"] == ["Bearer \(token)"])
        try await call.refuse(.created)
    }

    @Test func `a token is fetched once and used for all`() async throws {
        try await withQueue { queue, server in
            async let sent: Void = withThrowingDiscardingTaskGroup { group in
                for number in 0..<5 {
                    group.addTask { try await queue.send([OutgoingMessage(id: "\(number)", body: [])]) }
                }
            }
            try await giveToken("first", to: try await server.nextCall())
            for _ in 0..<5 { try await take(try await server.nextCall(), from: "first") }
            try await sent
        }
    }

    @Test func `a token that the bus refuses is replaced once`() async throws {
        try await withQueue { queue, server in
            async let sent: Void = queue.send([OutgoingMessage(id: "a", body: [])])
            try await giveToken("first", to: try await server.nextCall())
            try await server.nextCall().refuse(.unauthorized)
            try await giveToken("second", to: try await server.nextCall())
            try await take(try await server.nextCall(), from: "second")
            try await sent
        }
        try await withQueue { queue, server in
            async let error = refusal(of: queue)
            for token in ["first", "second"] {
                try await giveToken(token, to: try await server.nextCall())
                try await server.nextCall().refuse(.unauthorized)
            }
            #expect(await error == .unauthorized)
        }
    }

    @Test func `a token about to end is replaced before it does`() async throws {
        try await withQueue { queue, server in
            for token in ["first", "second"] {
                async let sent: Void = queue.send([OutgoingMessage(id: "a", body: [])])
                // Nine seconds are too few to reach a bus with.
                try await giveToken(token, to: try await server.nextCall(), lifetime: 9)
                try await take(try await server.nextCall(), from: token)
                try await sent
            }
        }
    }

    @Test func `a host that has no such identity is told, and nothing is sent without a token`() async throws {
        try await withQueue { queue, server in
            async let error = refusal(of: queue)
            let answer = #"{"statusCode":400,"message":"No identity for a header"}"#
            try await server.nextCall().refuse(.badRequest, body: answer)
            guard case .unavailable(let reason) = await error else {
                Issue.record("a message was sent")
                return
            }
            #expect(reason.contains("the identity of the app"))
            #expect(!reason.contains("a header"))
        }
    }

    private func refusal(of queue: ServiceBusQueue) async -> MessagingError? {
        do {
            try await queue.send([OutgoingMessage(id: "a", body: [])])
            return nil
        } catch {
            return error as? MessagingError
        }
    }

    // MARK: Settings

    enum Contract: ServiceContract {
        static let executable = "x"
        static let settings = [
            IdentityTests.setting.declaration, Setting<String>("NAME").declaration,
        ]
    }

    @Test func `either form satisfies a service, and neither is told with all else that is missing`() throws {
        try SettingsReader(values: ["SERVICEBUS_CONNECTION": "x", "NAME": "n"]).require(Contract.self)
        try SettingsReader(values: [
            "SERVICEBUS_CONNECTION__fullyQualifiedNamespace": "x", "NAME": "n",
        ]).require(Contract.self)
        #expect(throws: SettingsError.missing(["SERVICEBUS_CONNECTION", "NAME"])) {
            try SettingsReader(values: ["SERVICEBUS_CONNECTION__credential": "managedidentity"]).require(Contract.self)
        }
    }

    @Test func `a connection string wins, and the client is named by the setting before the environment`() throws {
        var values = [
            "SERVICEBUS_CONNECTION__fullyQualifiedNamespace": "h", "AZURE_CLIENT_ID": "a", "SERVICEBUS_CONNECTION": "s",
        ]
        #expect(
            try SettingsReader(values: values).connection(Self.setting)
                == .key(connectionString: SecretValue("s"))
        )
        values["SERVICEBUS_CONNECTION"] = ""
        #expect(
            try SettingsReader(values: values).connection(Self.setting)
                == .identity(BusIdentity(host: "h", clientID: "a", isManaged: false))
        )
        values["SERVICEBUS_CONNECTION__credential"] = "ManagedIdentity"
        values["SERVICEBUS_CONNECTION__clientId"] = "b"
        #expect(
            try SettingsReader(values: values).connection(Self.setting)
                == .identity(BusIdentity(host: "h", clientID: "b", isManaged: true))
        )
        values["SERVICEBUS_CONNECTION__credential"] = "key"
        #expect(throws: SettingsError.self) { try SettingsReader(values: values).connection(Self.setting) }
        #expect(throws: SettingsError.missing(["SERVICEBUS_CONNECTION"])) {
            try SettingsReader(values: [:]).connection(Self.setting)
        }
    }

    @Test(arguments: ["", "http://h", "h/x", "a b", "h:0"])
    func `what is no address of a bus is refused`(host: String) async throws {
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        #expect(throws: MessagingError.unknownEntity(host)) {
            try ServiceBus(
                .identity(BusIdentity(host: host, clientID: nil, isManaged: true)),
                environment: [:],
                client: client,
                logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
            )
        }
        try await client.shutdown()
    }
}

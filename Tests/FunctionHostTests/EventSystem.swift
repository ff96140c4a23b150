import AsyncHTTPClient
import FakeUpstream
import Foundation
import FunctionHost
import FunctionsHostSimulator
import JSONText
import Logging
import Messaging
import ServiceBusEmulator
import ServiceKit
import ServiceLifecycle
import Settings
import TestNetwork

@testable import EventFunctions

/// A broker with the queues of the stack, and somebody to whom user messages are delivered.
struct EventSystem: Sendable {
    private static let signingKey = SecretValue("a key that is long enough for HMAC")

    let bus: ServiceBus
    /// Where `UserMessenger` posts to.
    let notified: FakeUpstream
    let settings: [String: String]

    func queue(_ name: String) throws -> ServiceBusQueue { try bus.queue(name) }

    /// An event, sent by Ada.
    func event(_ body: String) async throws -> SimulatedRequest {
        let token = try await BearerIssuer(signingKey: Self.signingKey).token(for: "ada", lifetime: .seconds(3600))
        let headers = [("Authorization", "Bearer \(token)"), ("Content-Type", "application/json")]
        return SimulatedRequest("POST", "/api/events", headers: headers, body: body)
    }

    /// The parts of the event functions for an environment.
    static func services(_ environment: [String: String]) async throws -> [any Service] {
        let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return try await App.build(settings: SettingsReader(values: environment), logger: silent)
    }

    /// Runs a broker while the body runs.
    static func running(_ body: @escaping @Sendable (EventSystem) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "events-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let (port, key) = (try await FreePort.find(), SecretValue("a key of the tests"))
        let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let (ready, isReady) = AsyncStream.makeStream(of: Void.self)
        let emulator = try ServiceBusEmulator(
            port: port,
            directory: directory,
            configuration: BrokerConfiguration(
                queues: [.init("events", deduplicationSeconds: 86_400), .init("events-dead")]
            ),
            keys: [SharedAccessKey(name: "tests", value: key)],
            version: "1",
            logger: silent,
            onRunning: { _ in isReady.yield() }
        )
        let endpoint = BusEndpoint(scheme: .http, host: "127.0.0.1", port: port)
        let connection = ConnectionString(endpoint: endpoint, keyName: "tests", key: key).text
        let group = ServiceGroup(configuration: .init(services: [emulator], logger: silent))
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .messaging)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            _ = await ready.first { _ in true }
            let result: Result<Void, any Error>
            do {
                try await FakeUpstream.run { notified in
                    try await body(
                        EventSystem(
                            bus: try ServiceBus(connection, client: client),
                            notified: notified,
                            settings: [
                                "SERVICEBUS_CONNECTION": connection.unsafeRevealed, "SERVICEBUS_QUEUE": "events",
                                "JWT_SIGNING_KEY": signingKey.unsafeRevealed,
                                "NOTIFY_URL": "http://127.0.0.1:\(notified.port)/notify",
                            ]
                        )
                    )
                }
                result = .success(())
            } catch {
                result = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try await client.shutdown()
            try result.get()
        }
    }
}

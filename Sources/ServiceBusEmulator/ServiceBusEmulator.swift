public import Logging
import LoopExecution
public import ServiceLifecycle

import Hummingbird
import HummingbirdCore
import NIOCore

#if canImport(FoundationEssentials)
public import struct FoundationEssentials.Date
#else
public import struct Foundation.Date
#endif

/// A durable message broker that speaks the HTTP interface of Azure Service Bus.
///
/// A message is on disk before its sender is told so, and survives the end of the process by any means, as do locks,
/// schedules and the memory of ids.
///
/// ```swift
/// let emulator = try ServiceBusEmulator(
///     port: 5300, directory: ".slipway/broker", configuration: BrokerConfiguration(queues: [.init("jobs")]),
///     keys: [SharedAccessKey(name: "local", value: key)], version: "1", logger: logger
/// )
/// try await emulator.run()
/// ```
///
/// Source of the protocol: learn.microsoft.com/rest/api/servicebus
public struct ServiceBusEmulator: Service {
    /// Connections at the same time; more wait until one is free.
    private static let connectionLimit = 8192
    /// How long a connection may say nothing between requests.
    private static let idleTime = TimeAmount.seconds(120)

    private let address: BindAddress
    private let directory: String
    private let broker: Broker
    private let verifier: SharedAccessVerifier
    private let version: String
    private let logger: Logger
    private let onRunning: @Sendable (_ port: Int) async -> Void

    /// Describes a broker; nothing is opened before it runs.
    ///
    /// - Parameters:
    ///   - host: The address to listen on; by default nobody but this machine can connect.
    ///   - port: The port to listen on; 0 for any that is free.
    ///   - directory: Where the messages are kept; made when it is not there.
    ///   - configuration: The queues, topics and subscriptions.
    ///   - keys: What tokens are signed with, and what each of them opens.
    ///   - version: What `GET /health` says.
    ///   - clock: Measures waits.
    ///   - now: Tells the time; it must move with the clock.
    ///   - logger: Is told about trouble, never about messages.
    ///   - onRunning: Called with the port once connections are accepted.
    /// - Throws: ``BrokerConfigurationError``.
    public init(
        host: String = "127.0.0.1",
        port: Int,
        directory: String,
        configuration: BrokerConfiguration,
        keys: [SharedAccessKey],
        version: String,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date = { Date() },
        logger: Logger,
        onRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) throws(BrokerConfigurationError) {
        try configuration.check()
        self.address = .hostname(host, port: port)
        self.directory = directory
        self.broker = Broker(configuration, now: now, clock: clock)
        self.verifier = SharedAccessVerifier(keys: keys, now: now)
        self.version = version
        self.logger = logger
        self.onRunning = onRunning
    }

    /// How many messages of a queue or subscription are free to be taken, for those who scale its consumers.
    ///
    /// It waits until the broker runs.
    ///
    /// - Throws: An error when there is no such queue or subscription, or the broker has stopped.
    public func activeMessages(in path: String) async throws -> Int {
        try await broker.counts(in: path).active
    }

    /// Serves until the service is told to stop; then requests are answered, waits end, and the database is closed.
    public func run() async throws {
        let database = try BrokerDatabase(directory: directory, entities: broker.entities)
        defer { database.close(logger: logger) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await withTaskGroup(of: Void.self) { movers in
                    movers.addTask { await database.moveLog(logger: logger) }
                    await broker.run(in: database, logger: logger)
                    movers.cancelAll()
                }
            }
            defer { broker.finish() }
            try await withGracefulShutdownHandler {
                try await server.run()
            } onGracefulShutdown: {
                // Requests that wait for a message would keep the server from ending.
                broker.endWaits()
            }
        }
    }

    private var server: some ApplicationProtocol {
        Application(
            responder: BrokerResponder(broker: broker, verifier: verifier, version: version, logger: logger),
            server: HTTPServerBuilder { responder in
                let configuration = HTTP1Channel.Configuration(
                    additionalChannelHandlers: [Departure()],
                    idleTimeout: Self.idleTime
                )
                return ConnectionOnItsLoop(HTTP1Channel(responder: responder, configuration: configuration))
            },
            configuration: ApplicationConfiguration(
                address: address,
                serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(Self.connectionLimit)
            ),
            onServerRunning: { channel in
                await onRunning(channel.localAddress?.port ?? 0)
            },
            logger: logger
        )
    }
}

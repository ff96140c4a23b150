import Hummingbird
import HummingbirdCore
package import Logging
import ServiceLifecycle

#if canImport(FoundationEssentials)
package import struct FoundationEssentials.Date
#else
package import struct Foundation.Date
#endif

/// An HTTP server that behaves like the parts of Azure that a deployment of a stack uses, and is stricter.
///
/// It serves all of them on one port: the management plane below `/subscriptions`, tokens below `/{tenant}/oauth2`,
/// `/metadata` and `/msi`, and data below `/vault/{name}`, `/blob/{account}` and `/table/{account}`. Requests whose
/// `Host` is a name of Azure's, such as `main.vault.azure.net`, are taken for that.
///
/// ```swift
/// let simulator = AzureSimulator(port: 5310, configuration: configuration, logger: logger)
/// try await simulator.run()
/// ```
package struct AzureSimulator: Service {
    /// Connections at the same time; more wait until one is free.
    private static let connectionLimit = 1024

    /// What is simulated, for those who want to look inside.
    package let simulation: Simulation
    private let port: Int
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let onRunning: @Sendable (_ port: Int) async -> Void

    /// Describes a simulator; nothing is opened before it runs.
    ///
    /// - Parameters:
    ///   - port: The port of this machine to listen on; 0 for any that is free.
    ///   - configuration: What is simulated.
    ///   - clock: Measures how long answers take.
    ///   - now: Tells the time; it must move with the clock.
    ///   - logger: Is told about requests, never about their bodies.
    ///   - onRunning: Called with the port once connections are accepted.
    package init(
        port: Int,
        configuration: SimulatorConfiguration,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date = { Date() },
        logger: Logger,
        onRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        self.simulation = Simulation(configuration, now: now)
        self.port = port
        self.clock = clock
        self.logger = logger
        self.onRunning = onRunning
    }

    /// Serves until the service is told to stop.
    package func run() async throws {
        try await server.run()
    }

    private var server: some ApplicationProtocol {
        Application(
            responder: SimulatorResponder(simulation: simulation, clock: clock, logger: logger),
            configuration: ApplicationConfiguration(
                address: .hostname("127.0.0.1", port: port),
                serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(Self.connectionLimit)
            ),
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? 0) },
            logger: logger
        )
    }
}

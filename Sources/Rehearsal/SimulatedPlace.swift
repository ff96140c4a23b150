import AsyncHTTPClient
package import Azure
package import AzureSimulator
package import Deployment
import Logging
import Settings

#if canImport(FoundationEssentials)
package import struct FoundationEssentials.Date
#else
package import struct Foundation.Date
#endif

/// A simulated Azure on a port of this machine, whose time goes faster, and somebody who may do everything in it.
package struct SimulatedPlace: Sendable {
    package static let deployer = SimulatedClient(
        clientID: "aaaaaaaa-0000-4000-8000-000000000001",
        objectID: "aaaaaaaa-0000-4000-8000-000000000002",
        secret: SecretValue("the deployer's secret"),
        roles: [.init("Owner"), .init("Key Vault Secrets Officer")]
    )
    package static let location = "westeurope"

    package let simulation: Simulation
    package let time: SimulatedTime
    package let port: Int
    package let configuration: SimulatorConfiguration

    /// Runs a simulator for as long as somebody needs it.
    ///
    /// - Parameters:
    ///   - time: How time passes there.
    ///   - change: Makes it another Azure than the usual one.
    ///   - body: What to do with it.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, and errors of opening a port.
    package static func with<Result: Sendable>(
        time: SimulatedTime,
        _ change: (inout SimulatorConfiguration) -> Void = { _ in },
        _ body: (SimulatedPlace) async throws -> Result
    ) async throws -> Result {
        var configuration = SimulatorConfiguration()
        configuration.clients = [deployer]
        configuration.addresses = .onLoopback
        change(&configuration)
        return try await AzureSimulator.serving(configuration, clock: time.clock, now: time.date) { port, simulation in
            try await body(
                SimulatedPlace(simulation: simulation, time: time, port: port, configuration: configuration)
            )
        }
    }

    /// Signs in, and hands on the session.
    ///
    /// - Parameters:
    ///   - group: The name of the resource group.
    ///   - onEvent: Is told when something makes a person wait.
    ///   - body: What to do there.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, and errors of signing in.
    package func withSession<Result: Sendable>(
        group: String = "stack",
        onEvent: @escaping @Sendable (AzureEvent) -> Void = { _ in },
        _ body: (AzureSession) async throws -> Result
    ) async throws -> Result {
        guard let server = WebAddress("http://127.0.0.1:\(port)"), let secret = Self.deployer.secret else {
            throw CancellationError()
        }
        let client = HTTPClient(configuration: .azure)
        var logger = Logger(label: "azure")
        logger.logLevel = .critical
        let connection = AzureConnection(
            client: client,
            time: TimeSource(clock: time.clock, limitClock: time.limitClock, now: time.date),
            logger: logger,
            onEvent: onEvent
        )
        let cloud = AzureCloud.single(at: server)
        let chain = CredentialChain(
            environment: [
                "AZURE_TENANT_ID": configuration.tenant, "AZURE_CLIENT_ID": Self.deployer.clientID,
                "AZURE_CLIENT_SECRET": secret.unsafeRevealed,
            ],
            cloud: cloud,
            connection: connection
        )
        do {
            let session = try await AzureSession(
                at: AzurePlace(subscription: nil, resourceGroup: group, location: Self.location),
                cloud: cloud,
                tokens: TokenCache(chain, connection: connection),
                connection: connection
            )
            let result = try await body(session)
            try await client.shutdown()
            return result
        } catch {
            try? await client.shutdown()
            throw error
        }
    }
}

/// How time passes in a simulated Azure, for it and for whoever deploys to it.
package struct SimulatedTime: Sendable {
    package let clock: any Clock<Duration>
    /// Measures how long others may take.
    package let limitClock: any Clock<Duration>
    package let date: @Sendable () -> Date

    package init(
        clock: any Clock<Duration>,
        limitClock: any Clock<Duration>,
        date: @escaping @Sendable () -> Date
    ) {
        self.clock = clock
        self.limitClock = limitClock
        self.date = date
    }

    /// Faster than on this machine.
    ///
    /// - Parameter speed: How many seconds pass there in one.
    /// - Returns: A time that begins now.
    package static func accelerated(by speed: Double) -> SimulatedTime {
        let clock = AcceleratedClock(speed: speed)
        return SimulatedTime(clock: clock, limitClock: clock) { clock.date }
    }
}

import AsyncHTTPClient
package import Azure
package import AzureSimulator
package import Deployment
import Logging
import ServiceLifecycle
import Settings

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
    package let clock: AcceleratedClock
    package let port: Int
    package let configuration: SimulatorConfiguration

    /// Runs a simulator for as long as somebody needs it.
    ///
    /// - Parameters:
    ///   - speed: How many seconds pass there in one.
    ///   - change: Makes it another Azure than the usual one.
    ///   - body: What to do with it.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, and errors of opening a port.
    package static func with<Result: Sendable>(
        speed: Double = 2_000,
        _ change: (inout SimulatorConfiguration) -> Void = { _ in },
        _ body: (SimulatedPlace) async throws -> Result
    ) async throws -> Result {
        var configuration = SimulatorConfiguration()
        configuration.clients = [deployer]
        configuration.addresses = .onLoopback
        change(&configuration)
        let clock = AcceleratedClock(speed: speed)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "simulator")
        logger.logLevel = .critical
        let simulator = AzureSimulator(
            port: 0,
            configuration: configuration,
            clock: clock,
            now: { clock.date },
            logger: logger,
            onRunning: { port.yield($0) }
        )
        let group = ServiceGroup(services: [simulator], logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var result: Result?
            for await number in ports {
                let place = SimulatedPlace(
                    simulation: simulator.simulation,
                    clock: clock,
                    port: number,
                    configuration: configuration
                )
                result = try await body(place)
                break
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            guard let result else { throw CancellationError() }
            return result
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
        let clock = clock
        let connection = AzureConnection(
            client: client,
            time: TimeSource(clock: clock, limitClock: clock, now: { clock.date }),
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

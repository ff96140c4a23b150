import AzureSimulator
import Logging
import ServiceLifecycle

/// A simulator on a free port, for as long as a test takes.
enum SimulatorServer {
    static func running(
        _ change: (inout SimulatorConfiguration) -> Void = { _ in },
        _ body: @Sendable (_ address: String, AzureSimulator) async throws -> Void
    ) async throws {
        var configuration = SimulatorConfiguration()
        configuration.clients = [Cloud.owner]
        configuration.addresses = .onLoopback
        configuration.speed = 1_000_000
        change(&configuration)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "simulator")
        logger.logLevel = .critical
        let simulator = AzureSimulator(
            port: 0,
            configuration: configuration,
            logger: logger,
            onRunning: { port.yield($0) }
        )
        let group = ServiceGroup(services: [simulator], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            for await number in ports {
                try await body("http://127.0.0.1:\(number)", simulator)
                break
            }
            await group.triggerGracefulShutdown()
        }
    }
}

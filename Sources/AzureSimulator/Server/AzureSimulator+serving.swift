import Logging
import ServiceLifecycle

#if canImport(FoundationEssentials)
package import struct FoundationEssentials.Date
#else
package import struct Foundation.Date
#endif

extension AzureSimulator {
    /// Serves on a free port of this machine for as long as somebody needs it, and ends well whatever happens.
    ///
    /// - Parameters:
    ///   - configuration: What is simulated.
    ///   - clock: Measures how long answers take.
    ///   - now: Tells the time; it must move with the clock.
    ///   - body: What to do with it; gets the port and the simulation.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, and errors of opening a port.
    package static func serving<Result: Sendable>(
        _ configuration: SimulatorConfiguration,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date = { Date() },
        _ body: (_ port: Int, _ simulation: Simulation) async throws -> Result
    ) async throws -> Result {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "simulator")
        logger.logLevel = .critical
        let simulator = AzureSimulator(
            port: 0,
            configuration: configuration,
            clock: clock,
            now: now,
            logger: logger,
            onRunning: { port.yield($0) }
        )
        let group = ServiceGroup(services: [simulator], logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { port.finish() }
                try await group.run()
            }
            var outcome: Swift.Result<Result, any Error> = .failure(CancellationError())
            for await number in ports {
                do { outcome = .success(try await body(number, simulator.simulation)) } catch {
                    outcome = .failure(error)
                }
                break
            }
            // A server that is cancelled instead leaves connections unfinished.
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return try outcome.get()
        }
    }
}

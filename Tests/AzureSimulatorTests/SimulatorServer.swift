import AzureSimulator

/// A simulator on a free port, for as long as a test takes.
enum SimulatorServer {
    static func running(
        _ change: (inout SimulatorConfiguration) -> Void = { _ in },
        _ body: @Sendable (_ address: String, Simulation) async throws -> Void
    ) async throws {
        var configuration = SimulatorConfiguration()
        configuration.clients = [Cloud.owner]
        configuration.addresses = .onLoopback
        configuration.speed = 1_000_000
        change(&configuration)
        let settings = configuration
        try await AzureSimulator.serving(settings) { port, simulation in
            try await body("http://127.0.0.1:\(port)", simulation)
        }
    }
}

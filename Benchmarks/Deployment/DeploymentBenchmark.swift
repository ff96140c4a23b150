import ArgumentParser
import AzureSimulator
import JSONText
import Rehearsal
import Settings
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What measurements of deployments need beside the program that is measured.
@main
struct DeploymentBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(subcommands: [Simulate.self, LongestChain.self, PlanLarge.self])
}

/// Runs a simulated Azure until somebody ends it, and says first how to get there.
struct Simulate: AsyncParsableCommand {
    @Option(help: "How many milliseconds a read takes to be answered.")
    var readLatency = 0

    @Option(help: "Simulated times are divided by this.")
    var speed = 1.0

    func run() async throws {
        let time = SimulatedTime(clock: ContinuousClock(), limitClock: ContinuousClock()) { Date() }
        try await SimulatedPlace.with(time: time) { configuration in
            configuration.readLatency = .milliseconds(readLatency)
            configuration.speed = speed
        } _: { place in
            let client = SimulatedPlace.deployer
            let environment: JSON = [
                "SLIPWAY_AZURE_ENDPOINT": .string("http://127.0.0.1:\(place.port)"),
                "AZURE_TENANT_ID": .string(place.configuration.tenant),
                "AZURE_CLIENT_ID": .string(client.clientID),
                "AZURE_CLIENT_SECRET": .string(client.secret?.unsafeRevealed ?? ""),
                "AZURE_LOCATION": .string(SimulatedPlace.location),
            ]
            try FileDescriptor.standardOutput.writeAll("\(environment.text)\n".utf8)
            try await Task.sleep(for: .seconds(3600))
        }
    }
}

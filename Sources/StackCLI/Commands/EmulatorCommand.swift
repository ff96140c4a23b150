import ArgumentParser
import JSONText
import ServiceBusEmulator
import ServiceKit
import Settings
import StackGraph
import Supervisor

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Runs the message broker alone.
struct EmulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "emulator",
        abstract: "Run a durable message broker that speaks the HTTP protocol of Azure Service Bus.",
        discussion: """
            Any client of that protocol can use it. Messages are kept on disk in the data folder. The key that clients \
            sign their tokens with is read from \(BrokerProgram.keyVariable).
            """
    )

    @Option(help: "The address to listen on; 0.0.0.0 in a container.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on.")
    var port = BrokerProgram.port

    @Option(help: "The folder for the messages.")
    var data = "\(StateDirectory().data)/broker"

    @Option(name: .customLong("queue"), help: "The name of a queue; may be repeated.")
    var queues: [String] = []

    @Option(help: "A JSON file with queues, topics and subscriptions.")
    var configuration: String?

    @Option(help: "The name of the key.")
    var keyName = BrokerProgram.keyName

    @Flag(help: "Ask the broker at the port whether it is healthy, and exit with 0 or 1.")
    var checkHealth = false

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("--port must be from 0 to 65535.") }
        guard checkHealth || configuration != nil || !queues.isEmpty else {
            throw ValidationError("Name at least one queue with --queue, or a file with --configuration.")
        }
    }

    func run() async throws {
        if checkHealth { await HealthCheck.run(port: port) }
        let broker = try self.broker()
        await ServiceMain.run(ServiceIdentity(name: "broker"), contract: BrokerSettings.self) { settings, logger in
            let readiness = Readiness()
            let emulator = try ServiceBusEmulator(
                host: host,
                port: port,
                directory: data,
                configuration: broker,
                keyName: keyName,
                key: settings.required(BrokerSettings.key),
                version: ServiceIdentity.currentVersion,
                logger: logger,
                onRunning: { _ in readiness.report() }
            )
            return [RunningBroker(emulator: emulator, readiness: readiness)]
        }
    }

    private func broker() throws -> BrokerConfiguration {
        var broker = BrokerConfiguration()
        if let configuration {
            guard let data = FileManager.default.contents(atPath: configuration) else {
                throw ValidationError("The file '\(configuration)' cannot be read.")
            }
            broker = try BrokerConfiguration(parsing: try JSON(parsing: data))
        }
        broker.queues += queues.map { BrokerConfiguration.Queue($0) }
        return broker
    }
}

/// A broker that says when it takes connections.
private struct RunningBroker: ReportingReadiness {
    let emulator: ServiceBusEmulator
    let readiness: Readiness

    func run() async throws {
        try await emulator.run()
    }
}

/// What the broker reads.
enum BrokerSettings: ServiceContract {
    static let executable = "infra"
    static let key = SecretSetting<String>(BrokerProgram.keyVariable)
    static let settings = [key.declaration]
}

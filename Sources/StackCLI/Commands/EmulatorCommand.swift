import ArgumentParser
import JSONText
import Logging
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
            Any client of that protocol can use it. Messages are kept on disk in the data folder.

            A queue, topic or subscription is its name, and options after commas:
              --queue jobs,lock=30,max-deliveries=5,deduplication=86400,time-to-live=3600
              --topic news --subscription "news/mail,filter=sys.Label IN ('mail', 'letter')"
            Times are seconds. A filter is the condition of an SQL filter, and the last option.

            Every user of this machine can read the words of a command. A key that others must not know is better \
            given in \(BrokerProgram.keyVariable), or in a file that \(BrokerProgram.keyVariable)_FILE names. Without \
            any key one is made up and kept in the data folder.
            """
    )

    @Option(help: "The address to listen on; 0.0.0.0 in a container.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 for any that is free.")
    var port = BrokerProgram.port

    @Option(help: "The folder for the messages.")
    var data = "\(StateDirectory().data)/broker"

    @Option(name: .customLong("queue"), help: "A queue; may be repeated.")
    var queues: [QueueArgument] = []

    @Option(name: .customLong("topic"), help: "A topic; may be repeated.")
    var topics: [TopicArgument] = []

    @Option(
        name: .customLong("subscription"),
        help: ArgumentHelp("A subscription; may be repeated.", valueName: "topic/name")
    )
    var subscriptions: [SubscriptionArgument] = []

    @Option(help: "A JSON file with queues, topics and subscriptions.")
    var configuration: String?

    @OptionGroup var keys: EmulatorKeys

    @Flag(help: "Print the connection string, with the key in it, also where the output is no terminal.")
    var printConnection = false

    @Flag(help: "Ask the broker at the port whether it is healthy, and exit with 0 or 1.")
    var checkHealth = false

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("--port must be from 0 to 65535.") }
        guard checkHealth || configuration != nil || !queues.isEmpty || !topics.isEmpty else {
            throw ValidationError("Name at least one queue with --queue, or a file with --configuration.")
        }
        guard !checkHealth else { return }
        do {
            try declared.check()
        } catch {
            // A subscription may be to a topic of the file.
            guard configuration != nil else { throw ValidationError("\(error)") }
        }
    }

    func run() async throws {
        if checkHealth { await HealthCheck.run(port: port) }
        let broker = try self.broker()
        let showsConnection = printConnection || Terminal.output.isInteractive
        await ServiceMain.run(ServiceIdentity(name: "broker"), contract: BrokerSettings.self) { settings, logger in
            let keys = try keys.keys(settings.value(of: BrokerSettings.key), data: data)
            let readiness = Readiness()
            let announcement = EmulatorAnnouncement(host: host, data: data, broker: broker, key: keys.first)
            let emulator = try ServiceBusEmulator(
                host: host,
                port: port,
                directory: data,
                configuration: broker,
                keys: keys,
                version: ServiceIdentity.currentVersion,
                logger: logger,
                onRunning: { port in
                    readiness.report()
                    if showsConnection { Terminal.output.write(announcement.text(port: port)) }
                }
            )
            return [RunningBroker(emulator: emulator, readiness: readiness)]
        }
    }

    private var declared: BrokerConfiguration {
        BrokerConfiguration(
            queues: queues.map(\.queue),
            topics: topics.map(\.topic),
            subscriptions: subscriptions.map(\.subscription)
        )
    }

    private func broker() throws -> BrokerConfiguration {
        var broker = declared
        if let configuration {
            guard let data = FileManager.default.contents(atPath: configuration) else {
                throw ValidationError("The file '\(configuration)' cannot be read.")
            }
            let file = try BrokerConfiguration(parsing: try JSON(parsing: data))
            broker.queues = file.queues + broker.queues
            broker.topics = file.topics + broker.topics
            broker.subscriptions = file.subscriptions + broker.subscriptions
        }
        return broker
    }
}

/// What a broker says to a person who started it.
struct EmulatorAnnouncement: Sendable {
    let host: String
    let data: String
    let broker: BrokerConfiguration
    let key: SharedAccessKey?

    func text(port: Int) -> String {
        // Who listens everywhere is found here too.
        let host = host == "0.0.0.0" || host == "::" ? "127.0.0.1" : host
        let names = [
            ("Queues", broker.queues.map(\.name)), ("Topics", broker.topics.map(\.name)),
            ("Subscriptions", broker.subscriptions.map(\.path)),
        ]
        var rows = [("Listening on", "http://\(host):\(port)")]
        rows += names.filter { !$0.1.isEmpty }.map { ($0.0, $0.1.joined(separator: ", ")) }
        rows.append(("Messages in", data))
        if let key {
            let connection = BrokerProgram.connection(
                host: host,
                port: port,
                keyName: key.name,
                key: key.value.unsafeRevealed
            )
            rows.append(("Connection", connection))
        }
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { $0.0 + String(repeating: " ", count: width - $0.0.count + 2) + $0.1 }.joined(separator: "\n")
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
    static let key = SecretSetting<String>(
        BrokerProgram.keyVariable,
        required: false,
        fallback: SettingFallback("a key is made up and kept in the data folder")
    )
    static let settings = [key.declaration]
}

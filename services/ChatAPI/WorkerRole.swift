import ChatResponding
import Contracts
import Events
import Logging
import Messaging
import ModelStreaming
import ServiceKit
import ServiceLifecycle
import Settings

/// The program as a worker: answers chats from a queue of their own, so that their number decides how many workers run.
enum WorkerRole {
    static let identity = ServiceIdentity(name: "generation-worker")

    /// Every handler waits for a model most of the time.
    private static let rules = MessagePump.Rules(concurrency: 16, maxDeliveries: 5, shutdownTime: .seconds(2))

    static func services(_ settings: SettingsReader, logger: Logger) async throws -> [any Service] {
        let busClient = ClientService(configuration: .messaging)
        let modelClient = ClientService(configuration: .modelStreaming)
        return try await ClientService.closing(busClient, modelClient) {
            let connection = try settings.connection(GenerationSettings.bus)
            let bus = try ServiceBus(connection, client: busClient.client, logger: logger)
            let answers = try settings.required(GenerationSettings.answers)
            let responder = ChatResponder(
                model: ObservedModel(try ModelChoice(settings).model(client: modelClient.client, logger: logger)),
                answers: TracedSender(try bus.queue(answers), to: answers),
                logger: logger
            )
            let pump = MessagePump(
                from: try bus.queue(try settings.required(GenerationSettings.queue)),
                deadLetters: try bus.queue(try settings.required(GenerationSettings.deadLetterQueue)),
                rules: rules,
                logger: logger
            ) { message in
                try await responder.handle(try Event(message: message), trace: message.traceParent)
            }
            let server = WebServer(
                identity: identity,
                host: settings.value(of: HostSettings.host) ?? "127.0.0.1",
                port: try settings.port(HostSettings.port, default: 8100),
                logger: logger
            ) { _ in }
            return [busClient, modelClient, server, pump]
        }
    }
}

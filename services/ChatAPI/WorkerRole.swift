import Azure
import ChatResponding
import Contracts
import Events
import Logging
import Messaging
import ModelStreaming
import ServiceKit
import ServiceLifecycle
import Settings

/// The program as a worker: answers from a queue, so that what waits in it decides how many workers run.
///
/// Chats of the event API are answered with events; questions of the chat container with text in the log that all of its
/// replicas follow.
enum WorkerRole {
    static let identity = ServiceIdentity(name: "generation-worker")

    /// Every handler waits for a model most of the time.
    private static let rules = MessagePump.Rules(concurrency: 16, maxDeliveries: 5, shutdownTime: .seconds(2))

    static func services(_ settings: SettingsReader, logger: Logger) async throws -> [any Service] {
        let busClient = ClientService(configuration: .messaging)
        let modelClient = ClientService(configuration: .modelStreaming, isPerLoop: true)
        let azureClient = ClientService(configuration: .azure)
        return try await ClientService.closing(busClient, modelClient, azureClient) {
            let configuration = try ChatConfiguration(settings)
            let steadily = SteadyWork()
            let store = try ConversationStores.open(
                configuration,
                client: azureClient.client,
                steadily: steadily,
                logger: logger
            )
            let recorder = ConversationRecorder(store: store, logger: logger)
            let (log, logServices) = try ResponseLogs.open(configuration, logger: logger)
            let model = ObservedModel(configuration.model.model(clients: modelClient.clients, logger: logger))
            let engine = GenerationEngine(
                model: model,
                log: log,
                rules: .init(patience: configuration.patience),
                conclusion: { request, answer, _ in await recorder.record(request, answer) }
            )
            var pumps: [any Service] = []
            var clients: [any Service] = []
            if let (queue, deadLetters, client) = try GenerationWork.redisQueue(settings, logger: logger) {
                _ = try settings.required(GenerationSettings.cache)
                clients.append(client)
                pumps.append(
                    MessagePump(from: queue, deadLetters: deadLetters, rules: rules, logger: logger) { message in
                        try await answer(message, engine)
                    }
                )
            }
            if pumps.isEmpty || settings.value(of: GenerationSettings.bus) != nil {
                let queue = try settings.required(GenerationSettings.queue)
                let answers = try settings.required(GenerationSettings.answers)
                let deadLetters = try settings.required(GenerationSettings.deadLetterQueue)
                let connection = try settings.connection(GenerationSettings.bus)
                let bus = try ServiceBus(connection, client: busClient.client, logger: logger)
                let responder = ChatResponder(
                    model: model,
                    answers: TracedSender(try bus.queue(answers), to: answers),
                    logger: logger
                )
                pumps.append(
                    MessagePump(
                        from: try bus.queue(queue),
                        deadLetters: try bus.queue(deadLetters),
                        rules: rules,
                        logger: logger
                    ) { message in
                        if try await answer(message, engine) { return }
                        try await responder.handle(try Event(message: message), trace: message.traceParent)
                    }
                )
            }
            let server = WebServer(
                identity: identity,
                host: settings.value(of: HostSettings.host) ?? "127.0.0.1",
                port: try settings.port(HostSettings.port, default: 8100),
                logger: logger
            ) { _ in }
            return clients + logServices + [busClient, modelClient, azureClient, steadily, engine, server] + pumps
        }
    }

    /// Answers the question that a message carries.
    ///
    /// - Returns: Whether it carries one.
    @discardableResult
    private static func answer(_ message: ReceivedMessage, _ engine: GenerationEngine) async throws -> Bool {
        guard let request = try GenerationWork.request(in: message) else { return false }
        try await engine.answer(request)
        return true
    }
}

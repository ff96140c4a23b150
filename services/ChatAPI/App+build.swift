import Azure
import Contracts
import Hummingbird
import Logging
import Messaging
import ModelStreaming
import ServiceKit
import ServiceLifecycle
import Settings

extension App {
    /// Puts the service together.
    ///
    /// The parts stop in reverse order: first no more requests, then no more generations, then no more connections to
    /// the model.
    ///
    /// - Parameters:
    ///   - configuration: What the settings say.
    ///   - store: Where conversations are kept; in the data directory where it is not given.
    ///   - commission: The queue of the workers that answer; the service answers itself where it is not given.
    ///   - logger: Where everything is logged.
    ///   - heartbeat: Waits until quiet streams should show that they are alive; every 15 s where it is not given.
    ///   - onListening: Called with the port once requests are taken.
    /// - Returns: The parts, in the order in which they start.
    /// - Throws: `SettingsError` for settings that cannot be used.
    static func services(
        _ configuration: ChatConfiguration,
        store: (any ConversationStore)? = nil,
        commission: (any MessageSender)? = nil,
        logger: Logger,
        heartbeat: @escaping @Sendable () async throws -> Void = { try await Task.sleep(for: .seconds(15)) },
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) async throws -> [any Service] {
        var identity = identity
        identity.document = PackageResources.openapi_json
        let described = identity
        let client = ClientService(configuration: .modelStreaming, isPerLoop: true)
        let azureClient = ClientService(configuration: .azure)
        return try await ClientService.closing(client, azureClient) {
            let steadily = SteadyWork()
            let model = ObservedModel(configuration.model.model(clients: client.clients, logger: logger))
            let store =
                try store
                ?? ConversationStores.open(
                    configuration,
                    client: azureClient.client,
                    steadily: steadily,
                    logger: logger
                )
            let (log, logServices) = try ResponseLogs.open(
                configuration,
                // Who passes questions on may have no model, and a stand-in must not finish what a model has begun.
                takesOver: commission == nil || configuration.model != .offline,
                logger: logger
            )
            let recorder = ConversationRecorder(store: store, logger: logger)
            let engine = GenerationEngine(
                model: model,
                log: log,
                rules: .init(
                    generations: configuration.generationLimit,
                    patience: configuration.patience,
                    heartbeat: heartbeat
                ),
                commission: commission.map(GenerationWork.commission(through:)),
                conclusion: { request, answer, _ in await recorder.record(request, answer) }
            )
            let conversations = Conversations(
                engine: engine,
                store: store,
                prompter: configuration.prompter(for: model.name)
            )
            let limit = configuration.requestLimit
            let chat = ChatController(conversations: conversations, modelName: model.name, bodyLimit: limit)
            let questions = QuestionController(conversations: conversations, modelName: model.name, bodyLimit: limit)
            let completions = CompletionController(
                conversations: conversations,
                modelName: model.name,
                bodyLimit: limit
            )
            let histories = ConversationController(
                store: store,
                running: { try? await log.running(in: $0)?.text },
                stop: { try await conversations.stop(in: $0) }
            )
            let eventMode = try await EventMode(configuration, client: client.client, logger: logger)
            var authenticator: BearerAuthenticator?
            if let key = configuration.signingKey { authenticator = await BearerAuthenticator(signingKey: key) }
            let limits = configuration.limits
            let server = WebServer(
                identity: described,
                host: configuration.host,
                port: configuration.port,
                bodyPatience: configuration.bodyPatience,
                crossOrigin: configuration.crossOrigin,
                logger: logger,
                isBusy: { engine.isBusy },
                onListening: onListening
            ) { router in
                PageController(identity: described, hasEvents: eventMode != nil).addRoutes(to: router)
                eventMode?.addDeliveryRoute(to: router)
                let guarded = router.group()
                if let authenticator { guarded.add(middleware: authenticator) }
                if let limits { guarded.add(middleware: limits) }
                let api = guarded.group("api")
                chat.addRoutes(to: api)
                histories.addRoutes(to: api)
                eventMode?.addRoutes(to: api)
                guarded.post("chat", use: questions.ask)
                let compatible = router.group("v1").add(middleware: CompletionErrors())
                if let authenticator { compatible.add(middleware: authenticator) }
                if let limits { compatible.add(middleware: limits) }
                completions.addRoutes(to: compatible)
            }
            let connections = logServices + (eventMode?.connections ?? [])
            // Streams of notices have no end of their own, so they end before the server waits for the last of them.
            return connections + [client, azureClient, steadily, engine, server] + (eventMode.map { [$0.hub] } ?? [])
        }
    }
}

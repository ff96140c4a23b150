import Contracts
import Hummingbird
import Logging
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
    ///   - logger: Where everything is logged.
    ///   - heartbeat: Waits until quiet streams should show that they are alive; every 15 s where it is not given.
    ///   - onListening: Called with the port once requests are taken.
    /// - Returns: The parts, in the order in which they start.
    /// - Throws: `SettingsError` for settings that cannot be used.
    static func services(
        _ configuration: ChatConfiguration,
        store: (any ConversationStore)? = nil,
        logger: Logger,
        heartbeat: @escaping @Sendable () async throws -> Void = { try await Task.sleep(for: .seconds(15)) },
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) async throws -> [any Service] {
        let client = ClientService(configuration: .modelStreaming)
        return try await ClientService.closing(client) {
            let model = try model(configuration, client: client)
            let store = try store ?? openStore(in: configuration.dataDirectory)
            let recorder = ConversationRecorder(store: store, logger: logger)
            var rules = GenerationEngine.Rules()
            rules.heartbeat = heartbeat
            let engine = GenerationEngine(
                model: model,
                log: InMemoryResponseLog(),
                rules: rules,
                conclusion: { request, answer, _ in await recorder.record(request, answer) }
            )
            let conversations = Conversations(engine: engine, store: store, systemPrompt: configuration.systemPrompt)
            let chat = ChatController(conversations: conversations, modelName: model.name)
            let questions = QuestionController(conversations: conversations, modelName: model.name)
            var authenticator: BearerAuthenticator?
            if let key = configuration.signingKey { authenticator = await BearerAuthenticator(signingKey: key) }
            let server = WebServer(
                identity: identity,
                host: configuration.host,
                port: configuration.port,
                bodyPatience: configuration.bodyPatience,
                logger: logger,
                onListening: onListening
            ) { router in
                PageController(identity: identity).addRoutes(to: router)
                let guarded = router.group()
                if let authenticator { guarded.add(middleware: authenticator) }
                chat.addRoutes(to: guarded.group("api"))
                guarded.post("chat", use: questions.ask)
            }
            return [client, engine, server]
        }
    }

    private static func model(_ configuration: ChatConfiguration, client: ClientService) throws -> any ChatModel {
        do {
            return try ModelChoice.model(
                key: configuration.modelKey,
                baseURL: configuration.modelBaseURL,
                model: configuration.modelName,
                client: client.client
            )
        } catch {
            throw SettingsError.invalid(
                name: ModelSettings.baseURL.name,
                expected: OpenAIEndpoint.InvalidAddress.expected
            )
        }
    }

    private static func openStore(in folder: String) throws -> any ConversationStore {
        do {
            return try SQLiteConversationStore(folder: folder)
        } catch {
            throw SettingsError.invalid(
                name: HostSettings.dataDirectory.name,
                expected: "a folder where this process may write a database"
            )
        }
    }
}

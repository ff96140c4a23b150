import AsyncHTTPClient
import Azure
import ChatResponding
import Contracts
import FunctionHost
import Logging
import LoopExecution
import Messaging
import ModelStreaming
import ServiceKit
import ServiceLifecycle
import Settings

extension App {
    /// Wires the functions to the bus, the stores, the model and the address for user messages that the settings name.
    static func build(settings: SettingsReader, logger: Logger) async throws -> [any Service] {
        // Several clients, so that answers which take minutes never hold up the bus.
        let busClient = ClientService(configuration: .messaging)
        let webClient = ClientService(configuration: .modelStreaming)
        let azureClient = ClientService(configuration: .azure)
        return try await ClientService.closing(busClient, webClient, azureClient) {
            let connection = try settings.connection(EventSettings.bus)
            let bus = try ServiceBus(connection, client: busClient.client, logger: logger)
            let name = try settings.required(EventSettings.queue)
            let queue = try bus.queue(name)
            // Every event that is accepted at the same time travels in one request.
            let sender = BatchingSender(to: queue)
            let stores = EventStores(settings: settings, client: azureClient.client, logger: logger)
            let keys = try stores.idempotency()
            let schedules = try ScheduleFunctions(
                settings,
                store: try stores.schedules(),
                queue: TracedSender(queue, to: name),
                logger: logger
            )
            let functions = Functions(
                intake: EventIntake(
                    queue: TracedSender(sender, to: name),
                    keys: keys,
                    limiter: try settings.integer(EventSettings.rateLimit, in: 1...1_000_000).map(RateLimiter.init)
                ),
                handle: HandleEvent(
                    messenger: messenger(settings, client: webClient.client, logger: logger),
                    chat: try chat(
                        settings,
                        bus: bus,
                        answers: TracedSender(queue, to: name),
                        client: webClient.client,
                        logger: logger
                    ),
                    isStrict: try settings.flag(EventSettings.strictTypes),
                    logger: logger
                ),
                schedules: schedules,
                posts: PostFunctions(posts: try stores.posts(), idempotency: keys)
            )
            let host = try FunctionApp(functions.all)
                .services(
                    settings: settings,
                    identity: description(needing: queue),
                    host: settings.value(of: HostSettings.host) ?? "127.0.0.1",
                    port: try settings.port(HostSettings.port, default: StandaloneHost.defaultPort),
                    crossOrigin: try settings.crossOrigin(HostSettings.allowedOrigins),
                    authenticator: await BearerAuthenticator(
                        signingKey: try settings.required(EventSettings.signingKey)
                    ),
                    source: queue,
                    deadLetters: try bus.queue(settings.value(of: EventSettings.deadLetterQueue) ?? "\(name)-dead"),
                    logger: logger
                )
            return [busClient, webClient, azureClient, sender] + host
                + [schedules.startupSweep, IdempotencySweeper(keys, logger: logger)]
        }
    }

    /// Who answers, with what it can do and what it needs.
    private static func description(needing queue: ServiceBusQueue) -> ServiceIdentity {
        var identity = identity
        identity.document = PackageResources.openapi_json
        identity.dependencies = [DependencyCheck("broker") { try await queue.reach() }]
        return identity
    }

    private static func messenger(_ settings: SettingsReader, client: HTTPClient, logger: Logger) -> UserMessenger {
        let destination = settings.value(of: EventSettings.notifyURL).map {
            Webhook(url: $0, signingKey: settings.value(of: EventSettings.notifySigningKey), client: client)
        }
        return UserMessenger(destination: destination, logger: logger)
    }

    private static func chat(
        _ settings: SettingsReader,
        bus: ServiceBus,
        answers: any MessageSender,
        client: HTTPClient,
        logger: Logger
    ) throws -> HandleEvent.Chat {
        if let generations = settings.value(of: EventSettings.generationQueue) {
            return .forwarded(to: TracedSender(try bus.queue(generations), to: generations))
        }
        let model = ObservedModel(try ModelChoice(settings).model(clients: LoopClients(client), logger: logger))
        return .here(ChatResponder(model: model, answers: answers, logger: logger))
    }
}

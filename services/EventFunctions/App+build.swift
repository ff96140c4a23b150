import AsyncHTTPClient
import ChatResponding
import Contracts
import Events
import FunctionHost
import Logging
import Messaging
import ModelStreaming
import ServiceKit
import ServiceLifecycle
import Settings

extension App {
    /// Wires the functions to the bus, the model and the address for user messages that the settings name.
    static func build(settings: SettingsReader, logger: Logger) async throws -> [any Service] {
        // Two clients, so that answers which take minutes never hold up the bus.
        let busClient = ClientService(configuration: .messaging)
        let webClient = ClientService(configuration: .modelStreaming)
        return try await ClientService.closing(busClient, webClient) {
            let bus = try ServiceBus(SecretValue(try settings.required(EventSettings.bus)), client: busClient.client)
            let name = try settings.required(EventSettings.queue)
            let queue = try bus.queue(name)
            let intake = EventIntake(
                queue: queue,
                keys: DerivedIdentifiers(),
                limiter: try settings.integer(EventSettings.rateLimit, in: 1...1_000_000).map(RateLimiter.init)
            )
            let functions = Functions(
                accept: AcceptEvent(intake: intake),
                acceptMany: AcceptEvents(intake: intake),
                handle: HandleEvent(
                    messenger: UserMessenger(
                        destination: destination(settings, client: webClient.client),
                        logger: logger
                    ),
                    chat: try chat(settings, bus: bus, answers: queue, client: webClient.client, logger: logger),
                    isStrict: try settings.flag(EventSettings.strictTypes),
                    logger: logger
                )
            )
            let host = try FunctionApp(functions.all)
                .services(
                    settings: settings,
                    identity: description(needing: queue),
                    host: settings.value(of: HostSettings.host) ?? "127.0.0.1",
                    port: try settings.port(HostSettings.port, default: StandaloneHost.defaultPort),
                    authenticator: await BearerAuthenticator(
                        signingKey: try settings.required(EventSettings.signingKey)
                    ),
                    source: queue,
                    deadLetters: try bus.queue(settings.value(of: EventSettings.deadLetterQueue) ?? "\(name)-dead"),
                    logger: logger
                )
            return [busClient, webClient] + host
        }
    }

    /// Who answers, with what it can do and what it needs.
    private static func description(needing queue: ServiceBusQueue) -> ServiceIdentity {
        var identity = identity
        identity.document = PackageResources.openapi_json
        identity.dependencies = [DependencyCheck("broker") { try await queue.reach() }]
        return identity
    }

    private static func destination(_ settings: SettingsReader, client: HTTPClient) -> Webhook? {
        settings.value(of: EventSettings.notifyURL).map {
            Webhook(url: $0, signingKey: settings.value(of: EventSettings.notifySigningKey), client: client)
        }
    }

    private static func chat(
        _ settings: SettingsReader,
        bus: ServiceBus,
        answers: any MessageSender,
        client: HTTPClient,
        logger: Logger
    ) throws -> HandleEvent.Chat {
        if let generations = settings.value(of: EventSettings.generationQueue) {
            return .forwarded(to: try bus.queue(generations))
        }
        let model = try ModelChoice.model(
            key: settings.value(of: EventSettings.modelKey),
            baseURL: settings.value(of: ModelSettings.baseURL),
            model: settings.value(of: ModelSettings.model),
            client: client
        )
        return .here(ChatResponder(model: model, answers: answers, logger: logger))
    }
}

/// The code behind the functions that the contract declares.
struct Functions {
    let accept: AcceptEvent
    let acceptMany: AcceptEvents
    let handle: HandleEvent

    var all: [HostedFunction] {
        [
            .http(EventSettings.acceptEvent) { request, context in
                try await accept.handle(request, context: context)
            },
            .http(EventSettings.acceptEvents) { request, context in
                try await acceptMany.handle(request, context: context)
            },
            .queue(
                EventSettings.handleEvent,
                reading: { message throws(RejectedMessage) in try Event(message: message) }
            ) { event, message in
                try await handle.handle(event, message: message)
            },
        ]
    }
}

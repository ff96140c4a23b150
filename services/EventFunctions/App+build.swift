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
        let client = HTTPClient.shared
        let bus = try ConnectionString(parsing: SecretValue(try settings.required(EventSettings.bus)))
        let name = try settings.required(EventSettings.queue)
        let queue = try ServiceBusQueue(name, connection: bus, client: client)
        let functions = Functions(
            accept: AcceptEvent(queue: queue),
            handle: HandleEvent(
                messenger: UserMessenger(destination: destination(settings), client: client, logger: logger),
                chat: try chat(settings, bus: bus, queue: queue, client: client, logger: logger),
                logger: logger
            )
        )
        return StandaloneHost(functions.all).services(
            identity: identity,
            host: settings.value(of: HostSettings.host) ?? "127.0.0.1",
            port: try settings.port(HostSettings.port, default: StandaloneHost.defaultPort),
            authenticator: await BearerAuthenticator(signingKey: try settings.required(EventSettings.signingKey)),
            source: queue,
            deadLetters: try ServiceBusQueue(
                settings.value(of: EventSettings.deadLetterQueue) ?? "\(name)-dead",
                connection: bus,
                client: client
            ),
            logger: logger
        )
    }

    private static func destination(_ settings: SettingsReader) -> UserMessenger.Destination? {
        settings.value(of: EventSettings.notifyURL).map {
            UserMessenger.Destination(url: $0, signingKey: settings.value(of: EventSettings.notifySigningKey))
        }
    }

    private static func chat(
        _ settings: SettingsReader,
        bus: ConnectionString,
        queue: ServiceBusQueue,
        client: HTTPClient,
        logger: Logger
    ) throws -> HandleEvent.Chat {
        if let name = settings.value(of: EventSettings.generationQueue) {
            return .forwarded(to: try ServiceBusQueue(name, connection: bus, client: client))
        }
        let choice = ModelChoice(
            key: settings.value(of: ModelSettings.key),
            baseURL: settings.value(of: ModelSettings.baseURL),
            model: settings.value(of: ModelSettings.model)
        )
        return .here(ChatResponder(model: try choice.model(client: client), answers: queue, logger: logger))
    }
}

/// The code behind the functions that the contract declares.
struct Functions {
    let accept: AcceptEvent
    let handle: HandleEvent

    var all: [HostedFunction] {
        [
            .http(EventSettings.acceptEvent) { request, context in
                try await accept.handle(request, context: context)
            },
            .queue(
                EventSettings.handleEvent,
                reading: { message throws(RejectedMessage) in try Event(message: message) }
            ) {
                event,
                message in
                try await handle.handle(event, message: message)
            },
        ]
    }
}

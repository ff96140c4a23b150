import AsyncHTTPClient
import Contracts
import EventsClient
import Hummingbird
import Logging
import Redis
import ServiceKit
import ServiceLifecycle
import Settings

/// What the service needs to send chats as events and to show what comes back.
struct EventMode {
    private let events: EventController
    private let notices: NoticeController
    let hub: NoticeHub
    /// What has to run for as long as the server does, where replicas share their notices.
    let connections: [any Service]

    /// Puts the parts together; `nil` where no event API is known.
    ///
    /// - Parameters:
    ///   - configuration: What the settings say.
    ///   - client: Sends events on.
    ///   - logger: Is told when notices cannot be shared.
    /// - Throws: `SettingsError` when a key is missing.
    init?(
        _ configuration: ChatConfiguration,
        client: HTTPClient,
        logger: Logger
    ) async throws(SettingsError) {
        guard let address = configuration.eventsURL else { return nil }
        guard let key = configuration.eventsSigningKey ?? configuration.signingKey else {
            throw .missing([ChatSettings.eventsSigningKey.name])
        }
        // Where users must prove who they are, nobody may write to them in another's name.
        if configuration.signingKey != nil, configuration.notifySigningKey == nil {
            throw .missing([ChatSettings.notifySigningKey.name])
        }
        do {
            _ = try EventClient(address: address, token: nil, client: client)
        } catch {
            throw .invalid(name: ChatSettings.eventsURL.name, expected: "the address of a web server")
        }
        let hub = NoticeHub()
        self.hub = hub
        let shared = try configuration.cache.map { url throws(SettingsError) in
            let redis = RedisClient(try ResponseLogs.address(url, ChatSettings.cache.name), logger: logger)
            return RedisNoticeBoard(client: redis, hub: hub, logger: logger)
        }
        connections = shared.map { [$0.client, $0] } ?? []
        events = EventController(address: address, issuer: await BearerIssuer(signingKey: key), client: client)
        notices = NoticeController(board: shared ?? hub, hub: hub, signingKey: configuration.notifySigningKey)
    }

    func addDeliveryRoute(to router: Router<ServiceContext>) {
        notices.addDeliveryRoute(to: router)
    }

    func addRoutes(to api: RouterGroup<ServiceContext>) {
        events.addRoutes(to: api)
        notices.addRoutes(to: api)
    }
}

import Contracts
import JSONText
import Logging
import Messaging
import Redis
import ServiceKit
import ServiceLifecycle
import Settings

/// How a question travels to a worker.
enum GenerationWork {
    private static let subject = "chat.generation"
    /// The queue in a Redis server, and the one for what failed for good.
    private static let queue = "chat-generations"
    private static let deadLetters = "chat-generations-dead"

    static func message(_ request: GenerationRequest) -> OutgoingMessage {
        OutgoingMessage(id: request.id.text, subject: subject, body: request.json.bytes)
    }

    /// Passes questions on through a queue.
    static func commission(through queue: any MessageSender) -> GenerationEngine.Commission {
        { request in try await queue.send([message(request)]) }
    }

    /// The question that a message carries; `nil` where it carries something else.
    ///
    /// - Throws: `RejectedMessage` for one that cannot be read.
    static func request(in message: ReceivedMessage) throws(RejectedMessage) -> GenerationRequest? {
        guard message.subject == subject else { return nil }
        guard let json = try? JSON(parsing: message.body), let request = GenerationRequest(json) else {
            throw RejectedMessage(reason: "InvalidQuestion", description: "the body is no question of this program")
        }
        return request
    }

    /// The queue in the Redis server that the settings name; `nil` where they name none.
    static func redisQueue(
        _ settings: SettingsReader,
        logger: Logger
    ) throws(SettingsError) -> (queue: RedisQueue, deadLetters: RedisQueue, client: RedisClient)? {
        let url = BrokerSettings.url
        let celery = BrokerSettings.celeryURL
        guard let address = settings.value(of: url) ?? settings.value(of: celery) else { return nil }
        let name = settings.value(of: url) == nil ? celery.name : url.name
        let client = RedisClient(try ResponseLogs.address(SecretValue(address), name), logger: logger)
        return (
            RedisQueue(queue, client: client, deadLetters: deadLetters), RedisQueue(deadLetters, client: client), client
        )
    }

    /// What passes questions on, as the settings say; `nil` where they are answered here.
    ///
    /// - Throws: `SettingsError` with what is missing or cannot be used.
    static func commission(
        _ settings: SettingsReader,
        bus client: ClientService,
        logger: Logger
    ) throws -> (queue: any MessageSender, services: [any Service])? {
        switch settings.value(of: ChatSettings.workplace) {
        case nil, "api": return nil
        case "worker": break
        case .some: throw SettingsError.invalid(name: ChatSettings.workplace.name, expected: "worker or api")
        }
        _ = try settings.required(ChatSettings.cache)
        if let (queue, _, client) = try redisQueue(settings, logger: logger) { return (queue, [client]) }
        let queue = try settings.required(ChatSettings.queue)
        let bus = try ServiceBus(try settings.connection(ChatSettings.bus), client: client.client, logger: logger)
        return (try bus.queue(queue), [])
    }
}

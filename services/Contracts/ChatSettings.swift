public import Settings

/// What the streaming chat container reads.
public enum ChatSettings: ServiceContract {
    public static let executable = "ChatAPI"

    /// With a key, requests need a bearer token; without, anybody who reaches the port may chat.
    public static let signingKey = SecretSetting<String>("JWT_SIGNING_KEY", required: false)
    /// Keeps answers for all replicas; without it each keeps its own.
    public static let cache = Setting<CacheConnection>("REDIS_URL", required: false)
    /// How many seconds an answer is kept after its end; 900 where nothing is said.
    public static let cacheLifetime = Setting<Int>("CACHE_TTL_SECONDS", required: false)
    public static let telemetry = Setting<TelemetryConnection>("APPLICATIONINSIGHTS_CONNECTION_STRING", required: false)
    /// `worker` passes questions on through a queue; it needs `REDIS_URL`, where the answers come back.
    public static let workplace = Setting<String>("GENERATE_IN", required: false)
    public static let bus = Setting<BusConnection>("SERVICEBUS_CONNECTION", required: false)
    /// The queue of Service Bus that takes questions for workers.
    public static let queue = Setting<QueueName>("SERVICEBUS_QUEUE", required: false)

    /// Questions that one user may ask in a minute; without it, as many as come.
    public static let rateLimit = Setting<Int>("RATE_LIMIT_PER_MINUTE", required: false)
    /// Answers that one user is given at the same time; without it, as many as come.
    public static let concurrentStreams = Setting<Int>("CONCURRENT_STREAMS_PER_USER", required: false)
    /// Proxies before the service that tell a client's address, by which users are told apart where no token is asked for.
    public static let trustedProxies = Setting<Int>("TRUSTED_PROXIES", required: false)

    public static let settings =
        [
            signingKey.declaration, cache.declaration, cacheLifetime.declaration, telemetry.declaration,
            HostSettings.dataDirectory.declaration, rateLimit.declaration, concurrentStreams.declaration,
            trustedProxies.declaration, HostSettings.allowedOrigins.declaration, workplace.declaration,
            bus.declaration, queue.declaration,
        ] + BrokerSettings.all + ModelSettings.all + HostSettings.all + storeSettings + behaviourSettings
        + eventSettings

    public static let examples = [
        RequestExample(
            path: "/api/chat/stream",
            body: #"{"message":"Tell me a story about a harbour"}"#,
            streams: true
        )
    ]
}

/// A Redis server whose queue takes the place of Service Bus.
public enum BrokerSettings {
    public static let url = Setting<CacheConnection>("BROKER_URL", required: false)
    /// The name that deployments with Celery have given it.
    public static let celeryURL = Setting<CacheConnection>("CELERY_BROKER_URL", required: false)

    public static let all = [url.declaration, celeryURL.declaration]
}

/// What the generation worker reads: the chat container's program in another role.
///
/// It takes chats and questions from a queue of Service Bus, questions from a Redis server, or both.
public enum GenerationSettings: ServiceContract {
    public static let executable = "ChatAPI"
    public static let arguments = ["--role", "worker"]

    public static let bus = Setting<BusConnection>("SERVICEBUS_CONNECTION", required: false)
    /// Where its work comes from.
    public static let queue = Setting<QueueName>("GENERATION_QUEUE", required: false)
    public static let deadLetterQueue = Setting<QueueName>("DEAD_LETTER_QUEUE", required: false)
    /// Where its answers to events go.
    public static let answers = Setting<QueueName>("SERVICEBUS_QUEUE", required: false)
    /// Where its answers to questions go.
    public static let cache = ChatSettings.cache
    public static let telemetry = Setting<TelemetryConnection>("APPLICATIONINSIGHTS_CONNECTION_STRING", required: false)

    public static let settings =
        [
            bus.declaration, queue.declaration, deadLetterQueue.declaration, answers.declaration, telemetry.declaration,
            cache.declaration, ChatSettings.cacheLifetime.declaration, HostSettings.dataDirectory.declaration,
        ] + BrokerSettings.all + ModelSettings.all + HostSettings.all + ChatSettings.storeSettings
        + ChatSettings.behaviourSettings
}

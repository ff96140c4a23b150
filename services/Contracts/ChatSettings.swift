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
            trustedProxies.declaration, HostSettings.allowedOrigins.declaration,
        ] + ModelSettings.all + HostSettings.all + storeSettings + behaviourSettings

    public static let examples = [
        RequestExample(
            path: "/api/chat/stream",
            body: #"{"message":"Tell me a story about a harbour"}"#,
            streams: true
        )
    ]
}

/// What the generation worker reads: the chat container's program in another role.
public enum GenerationSettings: ServiceContract {
    public static let executable = "ChatAPI"
    public static let arguments = ["--role", "worker"]

    public static let bus = Setting<BusConnection>("SERVICEBUS_CONNECTION")
    /// Where its work comes from.
    public static let queue = Setting<QueueName>("GENERATION_QUEUE")
    public static let deadLetterQueue = Setting<QueueName>("DEAD_LETTER_QUEUE")
    /// Where its answers go.
    public static let answers = Setting<QueueName>("SERVICEBUS_QUEUE")
    public static let telemetry = Setting<TelemetryConnection>("APPLICATIONINSIGHTS_CONNECTION_STRING", required: false)

    public static let settings =
        [bus.declaration, queue.declaration, deadLetterQueue.declaration, answers.declaration, telemetry.declaration]
        + ModelSettings.all + HostSettings.all
}

public import Events
public import Settings

/// What the event functions read, and the functions they have.
public enum EventSettings: FunctionAppContract {
    public static let executable = "EventFunctions"

    public static let bus = Setting<BusConnection>("SERVICEBUS_CONNECTION")
    public static let queue = Setting<QueueName>("SERVICEBUS_QUEUE")
    /// Where messages go that failed for good; the queue's name and `-dead` when nothing is said.
    public static let deadLetterQueue = Setting<QueueName>("DEAD_LETTER_QUEUE", required: false)
    /// Where chat requests go that a worker should answer; without it they are answered here.
    public static let generationQueue = Setting<QueueName>("GENERATION_QUEUE", required: false)
    /// The key for the model, where chats are answered here.
    public static let modelKey = SecretSetting<String>(
        ModelSettings.key.name,
        required: false,
        fallback: SettingFallback(
            ModelSettings.offline,
            unless: ModelSettings.baseURL.name,
            ModelSettings.azureEndpoint.name,
            ModelSettings.agentEndpoint.name,
            generationQueue.name
        )
    )
    public static let signingKey = SecretSetting<String>("JWT_SIGNING_KEY")
    /// Where user messages are delivered; without it their text goes to the log.
    public static let notifyURL = Setting<String>("NOTIFY_URL", required: false)
    /// Events that one user may send in a minute; without it, as many as come.
    public static let rateLimit = Setting<Int>("RATE_LIMIT_PER_MINUTE", required: false)
    /// With `1`, an event that no worker is for becomes a dead letter; without, it is taken and counted.
    public static let strictTypes = Setting<Bool>("STRICT_EVENT_TYPES", required: false)
    public static let notifySigningKey = SecretSetting<String>("NOTIFY_SIGNING_KEY", required: false)
    public static let telemetry = Setting<TelemetryConnection>("APPLICATIONINSIGHTS_CONNECTION_STRING", required: false)

    public static let settings =
        [
            bus.declaration, queue.declaration, deadLetterQueue.declaration, generationQueue.declaration,
            signingKey.declaration,
            notifyURL.declaration, notifySigningKey.declaration, rateLimit.declaration,
            strictTypes.declaration, telemetry.declaration, HostSettings.allowedOrigins.declaration,
            modelKey.declaration, ModelSettings.baseURL.declaration, ModelSettings.model.declaration,
        ] + ModelSettings.others + scheduleSettings + storeSettings + HostSettings.all

    public static let acceptEvent = HTTPFunction("AcceptEvent", .post, "events")
    public static let acceptEvents = HTTPFunction("AcceptEvents", .post, "events:batch")
    public static let handleEvent = QueueFunction<Event>("HandleEvent")

    public static let examples = [
        RequestExample(
            path: "/api/events",
            body: #"{"source":"curl","type":"llm.chat","metadata":{"messages":[{"role":"user","content":"Hello"}]}}"#
        )
    ]

    /// Everything that answers requests, for a stack to bind as it is: `EventSettings.requests.map { .http($0) }`.
    public static let requests = [acceptEvent, acceptEvents] + scheduleRequests + postRequests

    public static let functions = requests.map(\.name) + [handleEvent.name, sweepSchedules.name]
}

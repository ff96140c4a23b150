import Contracts
import Events
import StackModel

/// An event-driven AI system: events come in, chats stream out, and nobody pays while nothing happens.
struct Lightening: StackDefinition {
    enum Stage: String, CaseIterable { case dev, production }

    var stage: Stage

    var stack: Stack {
        let telemetry = Telemetry("telemetry")
        let vault = SecretStore("vault")
        let openAIKey = vault.secret("OPENAI_API_KEY")
        let signingKey = vault.generatedSecret("JWT_SIGNING_KEY")

        // An event id is remembered for a day, so that a client may send the same event again without harm.
        let events = Queue(
            "events",
            of: Event.self,
            maxDeliveries: 10,
            lock: .seconds(30),
            deduplication: .days(1)
        )
        let rejected = Queue("events-dead", of: Event.self)
        let files = Storage(
            "files",
            tables: [ChatSettings.conversationTable, EventSettings.scheduleTable, EventSettings.idempotencyTable]
        )
        let documents = DocumentDatabase(
            "documents",
            containers: [
                .init(EventSettings.postContainer.name, partitionedBy: EventSettings.postContainer.partition)
            ]
        )
        let images = ContainerRegistry("images")

        var functionSettings: [Binding] = [
            .set(EventSettings.bus, to: events.connection(.sending)),
            .set(EventSettings.queue, to: events.name),
            .set(EventSettings.deadLetterQueue, to: rejected.name(for: .sending)),
            .set(EventSettings.tables, to: files.tables(.writing)),
            .set(EventSettings.postDatabase, to: documents.connection(.writing)),
            .set(EventSettings.telemetry, to: telemetry.connection),
            .inject(EventSettings.signingKey, from: signingKey),
        ]
        var chatSettings: [Binding] = [
            .set(ChatSettings.telemetry, to: telemetry.connection),
            .set(ChatSettings.tables, to: files.tables(.writing)),
            .inject(ModelSettings.key, from: openAIKey),
        ]
        var additions: [any Resource] = []

        switch stage {
        case .dev:
            // A laptop needs no worker of its own for answers, and a page on loopback no token.
            functionSettings.append(.inject(EventSettings.modelKey, from: openAIKey))
        case .production:
            let cache = Cache("cache")
            let generations = Queue("generations", of: Event.self, maxDeliveries: 5, deduplication: .days(1))
            let generator = WorkerContainer(
                "generator",
                running: GenerationSettings.self,
                image: images.image("chat-api", tag: Self.version),
                consuming: generations,
                deadLetters: rejected,
                scale: .toZero(upTo: 20, when: generations.backlog(perReplica: 4)),
                settings: [
                    .set(GenerationSettings.bus, to: events.connection(.sending)),
                    .set(GenerationSettings.queue, to: generations.name),
                    .set(GenerationSettings.deadLetterQueue, to: rejected.name(for: .sending)),
                    .set(GenerationSettings.answers, to: events.name),
                    .set(GenerationSettings.cache, to: cache.connection),
                    .set(ChatSettings.tables, to: files.tables(.writing)),
                    .set(GenerationSettings.telemetry, to: telemetry.connection),
                    .inject(ModelSettings.key, from: openAIKey),
                ]
            )
            functionSettings.append(.set(EventSettings.rateLimit, to: 600))
            functionSettings.append(.set(EventSettings.generationQueue, to: generations.name(for: .sending)))
            chatSettings.append(.set(ChatSettings.cache, to: cache.connection))
            chatSettings.append(.inject(ChatSettings.signingKey, from: signingKey))
            additions = [cache, generations, generator]
        }

        let functions = FunctionApp(
            "functions",
            running: EventSettings.self,
            storage: files,
            functions: EventSettings.requests.map { .http($0) } + [
                .queue(EventSettings.handleEvent, consuming: events, deadLetters: rejected),
                .timer(EventSettings.sweepSchedules),
            ],
            settings: functionSettings
        )
        let chat = WebContainer(
            "chat",
            running: ChatSettings.self,
            image: images.image("chat-api", tag: Self.version),
            scale: .toZero(upTo: 10, when: .requests(perReplica: 50)),
            settings: chatSettings
        )

        return Stack(
            "lightening-\(stage)",
            version: Self.version,
            redundancy: redundancy,
            [telemetry, vault, events, rejected, files, documents, images, functions, chat] + additions
        )
    }

    private var redundancy: Redundancy {
        switch stage {
        case .dev: .singleZone
        case .production: .zones
        }
    }

    static let version = "0.1.0"
}

import Settings
package import StackGraph
import StackModel
package import TestInstruments

/// A service with a text setting for each hostile string that it gets.
enum Texts: ServiceContract {
    static let executable = "Texts"
    static let arguments = ["--text", "it's \"${x}\" $y %h #z", "größe\n🙂"]
    static let texts = (0..<6).map { Setting<String>("TEXT_\($0)", required: false) }
    static let bus = Setting<BusConnection>("BUS", required: false)
    static let queue = Setting<QueueName>("QUEUE", required: false)
    static let blobs = Setting<BlobConnection>("BLOBS", required: false)
    static let tables = Setting<TableConnection>("TABLES", required: false)
    static let cache = Setting<CacheConnection>("CACHE", required: false)
    static let database = Setting<DatabaseConnection>("DATABASE", required: false)
    static let model = Setting<ModelConnection>("MODEL", required: false)
    static let telemetry = Setting<TelemetryConnection>("TELEMETRY", required: false)
    static let key = SecretSetting<String>("KEY", required: false)
    static let settings =
        texts.map(\.declaration) + [
            bus.declaration, queue.declaration, blobs.declaration, tables.declaration, cache.declaration,
            database.declaration, model.declaration, telemetry.declaration, key.declaration,
        ]
}

/// A valid stack made of a seed, with strings that mean something to one of the formats.
package struct RandomStack {
    package let graph: Graph
    /// The texts among the settings, by app and setting.
    package let texts: [String: [String: String]]

    /// Texts that mean something to YAML, Bicep, template JSON, systemd, the shell, SQL or Markdown.
    package static let hostileTexts = [
        "", " ", "plain", "a b ", " both ends ", "true", "No", "null", "~", "0x1F", "012", "1e3", "1.50", ".5", "-1",
        "12:30", "2026-01-01", "<<", "=", "a=b", "- a", "? a", "a: b", "a:", ": a", "a #b", "#no comment", "*a", "&a",
        "!a", "!!int 1", "@a", "%a", "100%", "%h %n %%", "%{a}", "%24", "|", ">", ",", ";", "a;b", "*", "[a-z]",
        "{a}", "[a]", "{0} {} }", "{{x}}", "[[", "[resourceId('x')]", "'a'", "'''", "it's", #"say "hi""#, "a\"b'c",
        #"back\slash\"#, #"\n \x41 \u0041 \u{41} \\"#, "a\\", "$", "$$", "$HOME", "${HOME}", "${a:-b}", "$$a", "a$",
        "${not} $an $$interpolation ${{", "$(id)", "`id`", "&& true", "--option", "<a href='x'>&amp;", "a\nb", "\n",
        "a\n", "\na", "a\r\nb", "\r\n", "\t", "tab\there", "a\n---\nb", "...", "---", "\u{1}\u{2}", "\u{7F}",
        "\u{1B}[31m", "\u{85}\u{2028}", "\u{A0}", "\u{FEFF}bom", "\u{FFFE}", "größe", "日本", "🙂", "👩‍👩‍👧 emoji",
        "e\u{301}", String(repeating: "4 KB of 'text' $x \"y\" #z \\%\n", count: 160),
    ]

    /// One of the texts, or random characters without the null character, which no environment can hold.
    package static func text(using generator: inout SeededGenerator) -> String {
        if Bool.random(using: &generator) { return hostileTexts.randomElement(using: &generator) ?? "" }
        var text = ""
        for _ in 0..<Int.random(in: 0..<40, using: &generator) {
            let limit: UInt32 = Bool.random(using: &generator) ? 0x80 : 0x2_0000
            if let scalar = Unicode.Scalar(UInt32.random(in: 1..<limit, using: &generator)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    package init(seed: Int) throws {
        var builder = Builder(generator: SeededGenerator(seed: seed))
        builder.addAll()
        self.graph = try Stack(
            "stack-\(seed)",
            version: "1.\(seed)",
            redundancy: seed.isMultiple(of: 2) ? .zones : .singleZone,
            builder.resources
        ).lowered()
        self.texts = builder.texts
    }

    private struct Builder {
        var generator: SeededGenerator
        var resources: [any Resource] = []
        var texts: [String: [String: String]] = [:]
        var urls: [Output<String>] = []

        mutating func pick<Value>(_ values: [Value]) -> Value? { values.randomElement(using: &generator) }
        mutating func chance() -> Bool { Bool.random(using: &generator) }
        mutating func count(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

        mutating func addAll() {
            let registry = ContainerRegistry("registry")
            let vault = SecretStore("vault-x")
            let storages = (0...count(0...2)).map {
                Storage(Name("store\($0)"), containers: ["blobs"], tables: chance() ? ["rows"] : [])
            }
            let queues = (0...count(0...3)).map {
                Queue(
                    Name("Queue-\($0).x"),
                    of: Job.self,
                    maxDeliveries: count(1...2000),
                    lock: .seconds(count(5...300)),
                    deduplication: chance() ? .seconds(count(20...604_800)) : nil,
                    timeToLive: chance() ? .seconds(count(1...10_000_000)) : nil
                )
            }
            let topic = Topic("topic_1", of: Job.self)
            let subscription = Subscription(
                "reader",
                to: topic,
                receiving: chance() ? .everything : .subjects("x'y", "")
            )
            let cache = Cache("cache")
            let database = DocumentDatabase("documents", containers: [.init("posts", partitionedBy: "/id")])
            let model = ModelDeployment("model", model: "gpt-4o-mini", version: "2024-07-18")
            let telemetry = Telemetry("logs", retentionDays: count(30...730))
            resources = [registry, vault, topic, subscription, cache, database, model] + storages + queues
            if chance() { resources.append(telemetry) }
            let hasTelemetry = resources.contains { $0 is Telemetry }

            for index in 0...count(1...6) {
                var settings = hostile(for: "app-\(index)")
                if let queue = pick(queues), chance() {
                    settings.append(.set(Texts.bus, to: queue.connection(chance() ? .sending : .receiving)))
                    settings.append(.set(Texts.queue, to: chance() ? queue.name : queue.name(for: .sending)))
                }
                if chance() { settings.append(.set(Texts.cache, to: cache.connection)) }
                if let storage = pick(storages), chance() {
                    settings.append(.set(Texts.blobs, to: storage.blobs(chance() ? .reading : .writing)))
                    settings.append(.set(Texts.tables, to: storage.tables(chance() ? .reading : .writing)))
                }
                if chance() { settings.append(.set(Texts.database, to: database.connection(.writing))) }
                if chance() { settings.append(.set(Texts.model, to: model.connection)) }
                if hasTelemetry { settings.append(.set(Texts.telemetry, to: telemetry.connection)) }
                if chance() {
                    let secret = chance() ? vault.secret("KEY_A") : vault.generatedSecret("KEY_B")
                    settings.append(.inject(Texts.key, from: secret))
                }
                let image = registry.image("app", tag: "v\(index)")
                let name = Name("app-\(index)")
                if chance(), let queue = pick(queues) {
                    let dead = pick(queues.filter { $0.declaration.node.id != queue.declaration.node.id })
                    resources.append(
                        WorkerContainer(
                            name,
                            running: Texts.self,
                            image: image,
                            consuming: queue,
                            deadLetters: chance() ? dead : nil,
                            scale: chance()
                                ? .toZero(upTo: count(1...30), when: queue.backlog(perReplica: count(1...9)))
                                : .fixed(count(1...3)),
                            settings: settings
                        )
                    )
                } else {
                    let app = WebContainer(
                        name,
                        running: Texts.self,
                        image: image,
                        port: count(1...65535),
                        size: pick(ContainerSize.allCases) ?? .halfCore,
                        scale: chance()
                            ? .toZero(upTo: 4, when: .requests(perReplica: count(1...100)))
                            : .warm(upTo: 3, on: .cpu(percent: count(1...100))),
                        settings: settings
                    )
                    urls.append(app.url)
                    resources.append(app)
                }
            }
            if let storage = pick(storages), let queue = pick(queues) {
                resources.append(
                    FunctionApp(
                        "functions",
                        running: Functions.self,
                        storage: storage,
                        functions: [
                            .http(Functions.create), .queue(Functions.handle, consuming: queue),
                            .timer(Functions.remind),
                        ],
                        settings: [.set(Functions.bus, to: queue.connection(.sending))]
                    )
                )
            }
        }

        /// Settings with texts that some format reads as more than text.
        private mutating func hostile(for app: String) -> [Binding] {
            Texts.texts.compactMap { setting in
                guard chance() else { return nil }
                let text = RandomStack.text(using: &generator)
                if let url = pick(urls), chance() { return .set(setting, to: "\(text)\(url)'\(text)") }
                texts[app, default: [:]][setting.name] = text
                return .set(setting, to: "\(text)")
            }
        }
    }
}

import StackGraph
import TestInstruments

/// A sound graph with every kind of resource, made by chance.
struct ComposeRandomStack {
    private(set) var nodes = [
        Node(id: registry, kind: .registry), Node(id: files, kind: .storage(StorageNode(containers: [], tables: []))),
    ]
    private var generator: SeededGenerator
    /// What the settings of later apps may mention.
    private var attributes: [(ResourceID, Term.Attribute)] = []
    private var origins: [ResourceID] = []
    private var queues: [ResourceID] = []
    private var secrets: [String: SecretNode] = [:]

    private static let registry = ResourceID("registry")
    private static let files = ResourceID("hoststate")
    private static let vault = ResourceID("vault")

    /// Text that means something to YAML, to Compose, to a shell, or to nobody.
    static let hostileTexts = [
        "", " ", "a b ", "true", "No", "null", "~", "0x1F", "012", "1e3", ".5", "-1", "12:30", "2026-01-01", "<<", "=",
        "- a", "? a", "a: b", "a:", ": a", "a #b", "# a", "*a", "&a", "!a", "!!int 1", "@a", "`a`", "%a", "|", ">",
        "{a}", "[a]", ",", "'a'", "\"a\"", "a\"b'c", "\\", "\\n", "a\\", "$", "$$", "$a", "${a}", "${a:-b}", "$$a",
        "a$", "$(a)", "%{a}", "%24", "a\nb", "\n", "a\n", "\na", "a\r\nb", "\t", "\ta", "a\u{1}b", "\u{7F}", "\u{85}",
        "\u{A0}", "\u{2028}", "\u{FEFF}a", "größe", "日本", "🙂", "👩‍👩‍👧", "e\u{301}", "\u{1F}", "...", "---",
        "a\n---\nb", "\u{FFFE}", "<a>&amp;", String(repeating: "$x \"y\" #z\n", count: 410),
    ]

    static func graph(seed: Int) -> Graph {
        var stack = ComposeRandomStack(generator: SeededGenerator(seed: seed))
        for number in 0..<Int.random(in: 0..<24, using: &stack.generator) { stack.addResource(number) }
        for number in 0..<Int.random(in: 1..<12, using: &stack.generator) { stack.addApp(number) }
        let secrets = stack.secrets.values.sorted { $0.name < $1.name }
        stack.nodes.append(Node(id: vault, kind: .secretStore(SecretStoreNode(secrets: secrets))))
        let zones = stack.chance(2)
        return Graph(
            name: "Random_\(seed)-x",
            version: "1.\(seed)",
            redundancy: zones ? .zones : .singleZone,
            nodes: stack.nodes
        )
    }

    private init(generator: SeededGenerator) {
        self.generator = generator
    }

    private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &generator) == 0 }

    // MARK: What apps use

    private mutating func addResource(_ number: Int) {
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: add("cache-\(number)", .cache, [.cache])
        case 1:
            add(
                "store\(number)",
                .storage(StorageNode(containers: ["ccc"], tables: ["ttt"])),
                [.blobs(.read), .tables(.readWrite)]
            )
        case 2: add("db-\(number)", .database(DatabaseNode(containers: [])), [.database(.readWrite)])
        case 3:
            add(
                "model-\(number)",
                .modelDeployment(ModelNode(model: "m", version: "1", capacity: 1)),
                [.modelEndpoint, .modelDeployment]
            )
        case 4: add("logs-\(number)", .telemetry(TelemetryNode(retentionDays: 30)), [.telemetry])
        case 5:
            let topic = ResourceID("Topic.\(number)")
            add(
                topic.name,
                .topic(TopicNode(deduplicationSeconds: nil, timeToLiveSeconds: 60)),
                [.bus(.send), .busEntity(.send)]
            )
            let subscription = SubscriptionNode(
                topic: topic,
                filter: chance(2) ? .everything : .subjects(["a", "b"]),
                maxDeliveries: 3,
                lockSeconds: 30
            )
            add("sub.\(number)", .subscription(subscription), [])
            origins.append(ResourceID("sub.\(number)"))
        default:
            let queue = QueueNode(maxDeliveries: 3, lockSeconds: 30, deduplicationSeconds: 60, timeToLiveSeconds: nil)
            add("broker.\(number)", .queue(queue), [.bus(.send), .bus(.receive), .busEntity(nil)])
            origins.append(ResourceID("broker.\(number)"))
            queues.append(ResourceID("broker.\(number)"))
        }
    }

    private mutating func add(_ name: String, _ kind: Node.Kind, _ attributes: [Term.Attribute]) {
        nodes.append(Node(id: ResourceID(name), kind: kind))
        self.attributes += attributes.map { (ResourceID(name), $0) }
    }

    // MARK: Apps

    private mutating func addApp(_ number: Int) {
        let service = service()
        let source = origins.randomElement(using: &generator)
            .map { MessageSource(origin: $0, deadLetters: queues.first { [source = $0] in $0 != source }) }
        let isFunctionApp = chance(2)
        // Some names are those that the project would like to have for itself.
        let name = chance(12) ? "broker" : isFunctionApp ? "\(number)Functions-x" : "app-\(number)"
        guard !nodes.contains(where: { $0.id.name == name }) else { return }
        if isFunctionApp {
            let functions =
                [
                    FunctionNode(name: "Get", trigger: .http(method: "GET", route: "a")),
                    FunctionNode(name: "Tick", trigger: .timer(schedule: "0 */5 * * * *")),
                ] + (source.map { [FunctionNode(name: "Take", trigger: .messages($0))] } ?? [])
            let app = FunctionAppNode(
                service: service,
                storage: Self.files,
                functions: Array(functions.dropFirst(Int.random(in: 0...2, using: &generator))),
                maximumInstances: 40
            )
            add(name, .functionApp(app), [.hostname, .url])
        } else {
            let isWorker = chance(2)
            let least = Int.random(in: 0..<4, using: &generator)
            let app = ContainerAppNode(
                service: service,
                image: ImageNode(registry: Self.registry, repository: "shop/app-\(number)", tag: "1.0_\(number)"),
                port: isWorker ? nil : Int.random(in: 1...65000, using: &generator),
                size: ContainerSize.allCases.randomElement(using: &generator) ?? .halfCore,
                replicas: least...(max(1, least) + Int.random(in: 0..<3, using: &generator)),
                triggers: [],
                source: isWorker ? source : nil
            )
            add(name, .containerApp(app), isWorker ? [] : [.hostname, .url])
        }
    }

    private mutating func service() -> ServiceNode {
        var contract: [ServiceNode.ContractSetting] = []
        var environment: [Variable] = []
        for number in 0..<Int.random(in: 0..<8, using: &generator) {
            let isSecret = chance(3)
            let name = isSecret ? "SECRET_\(number % 5)" : "SETTING_\(number)"
            let isBound = isSecret ? chance(2) : !chance(4)
            guard !contract.contains(where: { $0.name == name }) else { continue }
            contract.append(.init(name: name, isRequired: isBound && chance(2), isSecret: isSecret))
            guard isBound else { continue }
            environment.append(Variable(name: name, value: isSecret ? .secret(secret(name)) : .plain(term(depth: 2))))
        }
        for name in ["PORT", "HOST", "DATA_DIRECTORY", "LOG_LEVEL", "BIND_ADDRESS"] where chance(2) {
            contract.append(.init(name: name, isRequired: false, isSecret: false))
        }
        return ServiceNode(
            executable: ["ChatAPI", "App"].randomElement(using: &generator) ?? "",
            arguments: chance(3) ? [text(), "--role"] : [],
            contract: contract,
            environment: environment
        )
    }

    private mutating func secret(_ name: String) -> SecretReference {
        let origin = SecretNode.Origin.generated
        let secret = secrets[name] ?? SecretNode(name: name, origin: chance(2) ? origin : .provided)
        secrets[name] = secret
        return SecretReference(store: Self.vault, secret: secret)
    }

    private mutating func term(depth: Int) -> Term {
        if depth > 0, chance(4) { return .joined([term(depth: depth - 1), term(depth: depth - 1)]) }
        if chance(2), let (id, attribute) = attributes.randomElement(using: &generator) {
            return .attribute(id, attribute)
        }
        return .literal(text())
    }

    private mutating func text() -> String { Self.hostileTexts.randomElement(using: &generator) ?? "" }
}

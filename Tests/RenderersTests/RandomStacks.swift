import StackGraph
import TestInstruments

/// Sound graphs of every kind of resource, with values that mean something to one of the formats.
enum RandomStacks {
    static let hostileTexts = [
        "", " ", "plain", "a b", " both ends ", #"say "hi""#, "it's", #"back\slash\"#, #"\n \x41 \u0041 \\"#, "$HOME",
        "${HOME}", "$$", "$(id)", "`id`", "100%", "%h %n %%", "#no comment", ";", "a;b", "a\nb", "\n", "tab\there", "=",
        "a=b", "größe", "日本", "👩‍👩‍👧 emoji", "{{x}}", "<a href='x'>", "--option", "@file", "~", "*", "[a-z]", "!x",
        "&& true",
        "\u{1}\u{2}", "\r\n", "\u{7F}", "\u{FFFE}", "\u{85}\u{2028}", "\u{FEFF}bom", "\u{1B}[31m",
        String(repeating: "x\"\\% $", count: 700),
    ]

    /// A text of the list, or of random characters without the null character, which no environment can hold.
    static func text(using generator: inout SeededGenerator) -> String {
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

    static func graph(seed: Int) -> Graph {
        var random = SeededGenerator(seed: seed)
        let secrets = (0..<3).map { SecretNode(name: "SECRET_\($0)", origin: $0 == 0 ? .generated : .provided) }
        let queue = QueueNode(maxDeliveries: 5, lockSeconds: 30, deduplicationSeconds: nil, timeToLiveSeconds: 60)
        var nodes = [
            Node(id: ResourceID("vault"), kind: .secretStore(SecretStoreNode(secrets: secrets))),
            Node(id: ResourceID("images"), kind: .registry),
            Node(id: ResourceID("files"), kind: .storage(StorageNode(containers: ["a-b"], tables: ["rows"]))),
            Node(id: ResourceID("cache"), kind: .cache),
            Node(id: ResourceID("model"), kind: .modelDeployment(ModelNode(model: "m", version: "1", capacity: 1))),
            Node(id: ResourceID("logs"), kind: .telemetry(TelemetryNode(retentionDays: 30))),
            Node(id: ResourceID("documents"), kind: .database(DatabaseNode(containers: []))),
        ]
        if Bool.random(using: &random) {
            nodes.append(Node(id: ResourceID("jobs/of-all.kinds"), kind: .queue(queue)))
            let topic = TopicNode(deduplicationSeconds: 20, timeToLiveSeconds: nil)
            nodes.append(Node(id: ResourceID("news"), kind: .topic(topic)))
            let filter = SubscriptionNode.Filter.subjects([text(using: &random)])
            let reader = SubscriptionNode(
                topic: ResourceID("news"),
                filter: filter,
                maxDeliveries: 3,
                lockSeconds: 60
            )
            nodes.append(Node(id: ResourceID("readers"), kind: .subscription(reader)))
        }
        for index in 0..<Int.random(in: 0..<6, using: &random) {
            nodes.append(app(index, among: nodes, secrets: secrets, using: &random))
        }
        let name = ["shop", "a-b", "A--b", "x_y-1", String(repeating: "n", count: 64)].randomElement(using: &random)
        return Graph(
            name: name ?? "shop",
            redundancy: Bool.random(using: &random) ? .zones : .singleZone,
            nodes: nodes
        )
    }

    private static func app(
        _ index: Int,
        among nodes: [Node],
        secrets: [SecretNode],
        using random: inout SeededGenerator
    ) -> Node {
        var environment = (0..<Int.random(in: 0..<5, using: &random)).map { number in
            Variable(name: "TEXT_\(number)", value: .plain(.literal(text(using: &random))))
        }
        for node in nodes where Bool.random(using: &random) {
            for (number, attribute) in node.kind.attributes.enumerated() {
                let name = "TERM_\(environment.count)_\(number)"
                environment.append(Variable(name: name, value: .plain(.attribute(node.id, attribute))))
            }
        }
        for secret in secrets where Bool.random(using: &random) {
            let reference = SecretReference(store: ResourceID("vault"), secret: secret)
            environment.append(Variable(name: "KEY_\(secret.name)", value: .secret(reference)))
        }
        let contract =
            environment.map {
                ServiceNode.ContractSetting(
                    name: $0.name,
                    isRequired: Bool.random(using: &random),
                    isSecret: $0.value.isSecret
                )
            }
            + ["PORT", "HOST", "DATA_DIRECTORY"].map { .init(name: $0, isRequired: false, isSecret: false) }
        let service = ServiceNode(
            executable: "Program",
            arguments: (0..<Int.random(in: 0..<3, using: &random)).map { _ in text(using: &random) },
            contract: contract,
            environment: environment
        )
        return Node(id: ResourceID("app-\(index)"), kind: kind(of: service, using: &random))
    }

    private static func kind(of service: ServiceNode, using random: inout SeededGenerator) -> Node.Kind {
        if Int.random(in: 0..<3, using: &random) == 0 {
            let timer = FunctionNode(name: "Tick", trigger: .timer(schedule: "0 */5 * * * *"))
            return .functionApp(
                FunctionAppNode(
                    service: service,
                    storage: ResourceID("files"),
                    functions: [timer],
                    maximumInstances: Int.random(in: 1..<3, using: &random)
                )
            )
        }
        let isAsleep = Bool.random(using: &random)
        return .containerApp(
            ContainerAppNode(
                service: service,
                image: ImageNode(registry: ResourceID("images"), repository: "app", tag: "1"),
                port: 8000,
                size: ContainerSize.allCases.randomElement(using: &random) ?? .halfCore,
                replicas: (isAsleep ? 0 : 1)...Int.random(in: 1..<4, using: &random),
                triggers: isAsleep ? [.http(concurrency: 10)] : [.cpu(percent: 50)],
                source: nil
            )
        )
    }
}

extension Node.Kind {
    /// What others can mention of a resource of this kind.
    fileprivate var attributes: [Term.Attribute] {
        switch self {
        case .cache: [.cache]
        case .containerApp, .functionApp: [.hostname, .url]
        case .database: [.database(.readWrite)]
        case .modelDeployment: [.modelDeployment, .modelEndpoint]
        case .queue, .topic: [.bus(.send), .busEntity(nil)]
        case .storage: [.blobs(.read), .tables(.readWrite)]
        case .telemetry: [.telemetry]
        case .registry, .secretStore, .subscription: []
        }
    }
}

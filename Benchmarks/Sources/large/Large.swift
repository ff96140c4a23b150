import Settings
import StackModel

/// Stacks with many resources of every kind, in groups of twenty that belong together.
struct Large: StackDefinition {
    enum Stage: String, CaseIterable {
        case sixty, thousandInAzure, thousand, tenThousand

        /// How many groups there are; one is some sixty resources in Azure.
        var groups: Int {
            switch self {
            case .sixty: 1
            case .thousandInAzure: 16
            case .thousand: 50
            case .tenThousand: 500
            }
        }
    }

    enum Sender: ServiceContract {
        static let executable = "Sender"
        static let bus = Setting<BusConnection>("BUS")
        static let queue = Setting<QueueName>("QUEUE")
        static let rows = Setting<TableConnection>("ROWS")
        static let text = Setting<String>("TEXT")
        static let key = SecretSetting<String>("KEY")
        static let settings = [
            bus.declaration, queue.declaration, rows.declaration, text.declaration, key.declaration,
        ]
    }

    enum Jobs: FunctionAppContract {
        static let executable = "Jobs"
        static let bus = Setting<BusConnection>("BUS")
        static let settings = [bus.declaration]
        static let handle = QueueFunction<String>("Handle")
        static let functions = [handle.name]
    }

    var stage: Stage

    var stack: Stack { Self.stack(groups: stage.groups) }

    static func stack(groups: Int) -> Stack { Stack("large", (0..<groups).flatMap(group)) }

    private static func group(_ index: Int) -> [any Resource] {
        func name(_ kind: String) -> Name { Name("\(kind)\(index)") }
        let images = ContainerRegistry(name("images"))
        let vault = SecretStore(name("vault"))
        let files = Storage(name("files"), containers: ["uploads"], tables: ["rows"])
        let topic = Topic(name("news"), of: String.self)
        let readers = Subscription(name("readers"), to: topic, receiving: .subjects("a"))
        let queues = (0..<7).map { Queue(Name("queue\(index)-\($0)"), of: String.self) }
        let settings: [Binding] = [
            .set(Sender.bus, to: queues[0].connection(.sending)),
            .set(Sender.queue, to: queues[0].name),
            .set(Sender.rows, to: files.tables(.writing)),
            .set(Sender.text, to: "the sender of group \(index)"),
            .inject(Sender.key, from: vault.secret("KEY")),
        ]
        let web = (0..<3).map { number in
            WebContainer(
                Name("web\(index)-\(number)"),
                running: Sender.self,
                image: images.image("sender", tag: "1"),
                scale: .toZero(upTo: 5, when: .requests(perReplica: 10)),
                settings: settings
            )
        }
        let worker = WorkerContainer(
            name("worker"),
            running: Sender.self,
            image: images.image("sender", tag: "1"),
            consuming: readers,
            scale: .toZero(upTo: 5, when: readers.backlog(perReplica: 10)),
            settings: settings
        )
        let functions = FunctionApp(
            name("jobs"),
            running: Jobs.self,
            storage: files,
            functions: [.queue(Jobs.handle, consuming: queues[1], deadLetters: queues[2])],
            settings: [.set(Jobs.bus, to: queues[1].connection(.sending))]
        )
        let stores: [any Resource] = [
            Cache(name("cache")), DocumentDatabase(name("posts"), containers: [.init("posts", partitionedBy: "/id")]),
            ModelDeployment(name("model"), model: "gpt-4o-mini", version: "2024-07-18"),
        ]
        return [images, vault, files, topic, readers, worker, functions] + queues + web + stores
    }
}

import StackGraph
import TestInstruments

/// A graph and the edges it was made with.
struct RandomGraph {
    let graph: Graph
    let edges: [Edge]

    struct Edge: Hashable {
        let user: String
        let target: String
    }

    /// Names that mean something to one of the formats.
    static let hostileNames = [
        "a\"b", "a]b", "a[b", "<script>alert(1)</script>", "a\nb", "a\\", "\\N", "end", "%%{init: {}}%%", "a&b;",
        "#quot;", "a|b", "`x`", "größe", "a\u{1}b", "-->", "a--b", "a-", "a_b", "", "o", "]]>", "'x'", "日本",
    ]

    /// Builds a graph without circles; each resource needs only ones that were made before it.
    init(seed: Int, nodes count: Int, edges edgeCount: Int) {
        var generator = SeededGenerator(seed: seed)
        let names = (0..<count).map { $0 < Self.hostileNames.count ? Self.hostileNames[$0] : "node-\($0)" }
            .shuffled(using: &generator)
        var targets = Array(repeating: Set<Int>(), count: count)
        for _ in 0..<edgeCount {
            let user = Int.random(in: 1..<count, using: &generator)
            targets[user].insert(Int.random(in: 0..<user, using: &generator))
        }
        self.edges = targets.indices.flatMap { user in
            targets[user].map { Edge(user: names[user], target: names[$0]) }
        }
        self.graph = Graph(
            name: "random <\(seed)>",
            nodes: names.indices.map { index in
                Node(id: ResourceID(names[index]), kind: .needing(targets[index].sorted().map { names[$0] }))
            }
        )
    }
}

extension Node.Kind {
    /// A function app that handles the messages of each target, or a queue where there is none.
    static func needing(_ targets: [String]) -> Node.Kind {
        guard !targets.isEmpty else {
            return .queue(
                QueueNode(maxDeliveries: 1, lockSeconds: 60, deduplicationSeconds: nil, timeToLiveSeconds: nil)
            )
        }
        let functions = targets.map { target in
            FunctionNode(
                name: target,
                trigger: .messages(MessageSource(origin: ResourceID(target), deadLetters: nil))
            )
        }
        let service = ServiceNode(executable: "App", arguments: [], contract: [], environment: [])
        return .functionApp(
            FunctionAppNode(
                service: service,
                storage: ResourceID("not listed, so not drawn"),
                functions: functions,
                maximumInstances: 1
            )
        )
    }
}

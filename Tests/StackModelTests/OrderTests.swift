import StackGraph
import StackModel
import Testing

struct OrderTests {
    @Test(arguments: 0..<50)
    func `each resource starts after all it needs`(seed: Int) throws {
        var generator = SeededGenerator(seed: seed)
        let names = (0..<40).map { "app-\($0)" }.shuffled(using: &generator)
        var targets: [String: Set<String>] = [:]
        for (index, name) in names.enumerated() where index > 0 {
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                targets[name, default: []].insert(names[Int.random(in: 0..<index, using: &generator)])
            }
        }
        let graph = try stack(names.map { ($0, (targets[$0] ?? []).sorted()) }).lowered()
        let places = Dictionary(uniqueKeysWithValues: graph.startOrder.enumerated().map { ($1, $0) })
        #expect(places.count == graph.nodes.count)
        for node in graph.nodes {
            let place = try #require(places[node.id])
            for dependency in node.dependencies { #expect(try #require(places[dependency]) < place) }
        }
        #expect(graph.cycle == nil)
    }

    @Test func `resources that could start together are in the order of their names`() throws {
        let graph = try stack([("dd", ["bb"]), ("cc", []), ("bb", []), ("aa", ["cc"])]).lowered()
        #expect(graph.startOrder.map(\.name) == ["registry", "bb", "cc", "aa", "dd"])
    }

    struct Circle: Sendable {
        let needs: [(String, [String])]
        let path: [String]
    }

    @Test(
        arguments: [
            Circle(needs: [("aa", ["aa"])], path: ["aa"]),
            Circle(needs: [("aa", ["bb"]), ("bb", ["aa"])], path: ["aa", "bb"]),
            Circle(needs: [("aa", ["cc"]), ("bb", ["aa"]), ("cc", ["bb"])], path: ["aa", "cc", "bb"]),
            Circle(needs: [("aa", ["bb"]), ("bb", ["cc"]), ("cc", ["dd"]), ("dd", ["bb"])], path: ["bb", "cc", "dd"]),
            Circle(needs: [("aa", ["zz", "bb"]), ("bb", ["aa"]), ("zz", [])], path: ["aa", "bb"]),
            Circle(needs: [("aa", ["bb"]), ("bb", ["aa"]), ("cc", ["dd"]), ("dd", ["cc"])], path: ["aa", "bb"]),
        ]
    )
    func `a circle is told as a path`(circle: Circle) {
        #expect(circleProblems(circle.needs) == [.cycle(circle.path.map { ResourceID($0) })])
    }

    @Test func `a long circle is told whole`() {
        let names = (0..<500).map { "app-\($0)" }
        let needs = names.indices.map { (names[$0], [names[($0 + 1) % names.count]]) }
        #expect(circleProblems(needs) == [.cycle(names.map { ResourceID($0) })])
    }

    @Test func `a circle is found beside a resource that is not listed`() {
        let needs = [("aa", ["gone", "bb"]), ("bb", ["aa"])]
        #expect(
            circleProblems(needs) == [
                .unlisted(ResourceID("gone"), neededBy: ResourceID("aa")),
                .cycle([ResourceID("aa"), ResourceID("bb")]),
            ]
        )
        #expect(
            Problem.cycle([ResourceID("aa"), ResourceID("bb")]).description
                == "These resources need each other in a circle: aa → bb → aa. Remove one of the references."
        )
    }

    @Test func `a resource that needs a circle is not part of it and does not start`() {
        let nodes = [("a", "b"), ("b", "a"), ("user", "a")].map { name, target in
            let term = Term.attribute(ResourceID(target), .url)
            let service = ServiceNode(
                executable: "App",
                arguments: [],
                contract: [],
                environment: [Variable(name: "URL", value: .plain(term))]
            )
            return Node(
                id: ResourceID(name),
                kind: .functionApp(
                    FunctionAppNode(service: service, storage: ResourceID("host"), functions: [], maximumInstances: 1)
                )
            )
        }
        let graph = Graph(name: "g", nodes: nodes)
        #expect(graph.startOrder.isEmpty)
        #expect(graph.cycle?.map(\.name) == ["a", "b"])
    }

    private func circleProblems(_ needs: [(String, [String])]) -> [Problem] { stack(needs).problems }

    /// Containers that know each other's addresses; a draft of the same name stands in for one made later.
    private func stack(_ needs: [(String, [String])]) -> Stack {
        let containers = needs.map { name, targets in
            let parts = targets.map { WebContainer.reader(Name($0)).url }
            let url = parts.reduce("") { (joined: Output<String>, part) in "\(joined)\(part)" }
            return WebContainer.reader(Name(name), .set(Reader.url, to: url))
        }
        return Stack("s", [registry] + containers)
    }
}

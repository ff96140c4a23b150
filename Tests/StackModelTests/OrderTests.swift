import StackGraph
import StackModel
import Testing
import TestInstruments

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
        #expect(graph.cycles.isEmpty)
    }

    @Test func `resources that could start together are in the order of their names`() throws {
        let graph = try stack([("dd", ["bb"]), ("cc", []), ("bb", []), ("aa", ["cc"])]).lowered()
        #expect(graph.startOrder.map(\.name) == ["registry", "bb", "cc", "aa", "dd"])
    }

    struct Circle: Sendable {
        let needs: [(String, [String])]
        let paths: [[String]]
    }

    @Test(
        arguments: [
            Circle(needs: [("aa", ["aa"])], paths: [["aa"]]),
            Circle(needs: [("aa", ["bb"]), ("bb", ["aa"])], paths: [["aa", "bb"]]),
            Circle(needs: [("aa", ["cc"]), ("bb", ["aa"]), ("cc", ["bb"])], paths: [["aa", "cc", "bb"]]),
            Circle(
                needs: [("aa", ["bb"]), ("bb", ["cc"]), ("cc", ["dd"]), ("dd", ["bb"])],
                paths: [["bb", "cc", "dd"]]
            ),
            Circle(needs: [("aa", ["zz", "bb"]), ("bb", ["aa"]), ("zz", [])], paths: [["aa", "bb"]]),
            Circle(
                needs: [("aa", ["bb"]), ("bb", ["aa"]), ("cc", ["dd"]), ("dd", ["cc"])],
                paths: [["aa", "bb"], ["cc", "dd"]]
            ),
            Circle(
                needs: [("aa", ["bb", "cc"]), ("bb", ["aa"]), ("cc", ["aa"])],
                paths: [["aa", "bb"], ["aa", "cc"]]
            ),
            Circle(needs: [("aa", ["aa", "bb"]), ("bb", ["bb", "aa"])], paths: [["aa"], ["bb"], ["aa", "bb"]]),
        ]
    )
    func `each circle is told as a path`(circle: Circle) {
        #expect(circleProblems(circle.needs) == circle.paths.map { .cycle($0.map { ResourceID($0) }) })
    }

    @Test(arguments: 0..<50)
    func `nothing is circular once each need that closes a told circle is gone`(seed: Int) {
        var generator = SeededGenerator(seed: seed)
        let names = (0..<12).map { "app-\($0)" }
        var needs = names.map { name in
            (name, Set((0..<2).map { _ in names[Int.random(in: 0..<names.count, using: &generator)] }))
        }
        let circles = Graph(name: "g", nodes: needs.map { .needing($0.0, Array($0.1)) }).cycles
        for circle in circles {
            let steps = zip(circle, circle.dropFirst() + circle.prefix(1))
            #expect(steps.allSatisfy { user, target in needs.contains { $0 == user.name && $1.contains(target.name) } })
        }
        #expect(Set(circles).count == circles.count)
        for circle in circles {
            guard let last = circle.last, let first = circle.first else { continue }
            needs = needs.map { $0 == last.name ? ($0, $1.subtracting([first.name])) : ($0, $1) }
        }
        #expect(Graph(name: "g", nodes: needs.map { .needing($0.0, Array($0.1)) }).startOrder.count == names.count)
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
        let nodes = [("a", "b"), ("b", "a"), ("user", "a")].map { Node.needing($0, [$1]) }
        let graph = Graph(name: "g", nodes: nodes)
        #expect(graph.startOrder.isEmpty)
        #expect(graph.cycles == [[ResourceID("a"), ResourceID("b")]])
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

extension Node {
    /// A resource that knows the addresses of others.
    fileprivate static func needing(_ name: String, _ targets: [String]) -> Node {
        let app = ContainerAppNode(
            service: ServiceNode(
                executable: "App",
                arguments: [],
                contract: [],
                environment: targets.sorted()
                    .map { Variable(name: $0, value: .plain(.attribute(ResourceID($0), .url))) }
            ),
            image: ImageNode(registry: ResourceID("unlisted"), repository: "app", tag: "1"),
            port: 80,
            size: .halfCore,
            replicas: 1...1,
            triggers: [],
            source: nil
        )
        return Node(id: ResourceID(name), kind: .containerApp(app))
    }
}

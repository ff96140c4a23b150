import Renderers
import SampleStacks
import StackGraph
import Testing

struct DOTRendererTests {
    @Test func `a small stack as a Graphviz graph`() throws {
        #expect(
            DOTRenderer().render(try SampleStacks.small()) == #"""
                digraph "shop" {
                    rankdir=LR;
                    node [fontname="Helvetica", style=filled];
                    edge [fontname="Helvetica", fontsize=10];
                    "api" [label="api\nweb container", shape=box, color="#3b82f6", fillcolor="#e3edfd"];
                    "jobs" [label="jobs\nqueue", shape=cds, color="#d97706", fillcolor="#fdf0dc"];
                    "registry" [label="registry\ncontainer registry", shape=folder, color="#7a8699", fillcolor="#edeff2"];
                    "vault" [label="vault\nsecret store", shape=octagon, color="#e0487a", fillcolor="#fce5ed"];
                    "worker" [label="worker\nworker", shape=box, color="#3b82f6", fillcolor="#e3edfd"];
                    "api" -> "registry" [label="pulls images"];
                    "api" -> "jobs" [label="sends"];
                    "api" -> "vault" [label="reads secret API_KEY"];
                    "worker" -> "registry" [label="pulls images"];
                    "worker" -> "jobs" [label="receives\nsends"];
                    "worker" -> "api" [label="knows address"];
                }

                """#
        )
    }

    @Test(
        arguments: [
            ("a\"b", #""a\"b""#), ("a\\", #""a\\""#), ("\\N", #""\\N""#), ("a\nb", #""a\nb""#),
            ("<b>x</b>", #""<b>x</b>""#), ("", #""""#), ("digraph", #""digraph""#), ("größe", #""größe""#),
            ("a\0b", "\"a\u{FFFD}b\""),
        ]
    )
    func `a hostile name stays inside its quotes`(name: String, quoted: String) {
        let graph = Graph(name: "g", nodes: [Node(id: ResourceID(name), kind: .needing([]))])
        let line = DOTRenderer().render(graph).split(separator: "\n")[4]
        #expect(line.hasPrefix("    \(quoted) [label=\(quoted.dropLast())\\nqueue\", "))
    }

    @Test(arguments: 0..<20)
    func `each resource and each need of a random graph is one line`(seed: Int) throws {
        let random = RandomGraph(seed: seed, nodes: 60, edges: 120)
        let text = DOTRenderer().render(random.graph)
        var names: Set<Substring> = []
        var edges: Set<Substring> = []
        for line in text.split(separator: "\n").dropFirst(4).dropLast() {
            if let node = line.wholeMatch(of: #/    ("(?:[^"\\]|\\.)*") \[label="(?:[^"\\]|\\.)*", shape=.*\];/#) {
                #expect(names.insert(node.1).inserted)
            } else {
                let edge = try #require(
                    line.wholeMatch(of: #/    ("(?:[^"\\]|\\.)*") -> ("(?:[^"\\]|\\.)*") \[label="[^"]+"\];/#)
                )
                #expect(names.contains(edge.1) && names.contains(edge.2))
                #expect(edges.insert(line).inserted)
            }
        }
        #expect(names.count == random.graph.nodes.count)
        #expect(edges.count == random.edges.count)
        #expect(text == DOTRenderer().render(random.graph))
    }
}

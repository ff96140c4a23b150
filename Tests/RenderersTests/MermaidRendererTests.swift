import Renderers
import SampleStacks
import StackGraph
import Testing

struct MermaidRendererTests {
    @Test func `a small stack as a flowchart`() throws {
        #expect(
            MermaidRenderer().render(try SampleStacks.small()) == """
                flowchart LR
                    n_api["api<br/>web container"]:::compute
                    n_jobs(["jobs<br/>queue"]):::messaging
                    n_registry[/"registry<br/>container registry"/]:::operations
                    n_vault{{"vault<br/>secret store"}}:::secrets
                    n_worker["worker<br/>worker"]:::compute
                    n_api -->|"pulls images"| n_registry
                    n_api -->|"sends"| n_jobs
                    n_api -->|"reads secret API_KEY"| n_vault
                    n_worker -->|"pulls images"| n_registry
                    n_worker -->|"receives<br/>sends"| n_jobs
                    n_worker -->|"knows address"| n_api
                    classDef compute fill:#e3edfd,stroke:#3b82f6,color:#1f2328
                    classDef messaging fill:#fdf0dc,stroke:#d97706,color:#1f2328
                    classDef secrets fill:#fce5ed,stroke:#e0487a,color:#1f2328
                    classDef operations fill:#edeff2,stroke:#7a8699,color:#1f2328

                """
        )
    }

    @Test(
        arguments: [
            ("a\"b", ##"n_a_22_b(["a#34;b<br/>queue"]):::messaging"##),
            ("x]<br>", ##"n_x_5d__3c_br_3e_(["x#93;#60;br#62;<br/>queue"]):::messaging"##),
            ("a\nb", ##"n_a_a_b(["a b<br/>queue"]):::messaging"##),
            ("end", ##"n_end(["end<br/>queue"]):::messaging"##),
            ("a-b--", ##"n_a-b_2d__2d_(["a-b--<br/>queue"]):::messaging"##),
            ("%%{x}%%", ##"n__25__25__7b_x_7d__25__25_(["#37;#37;#123;x#125;#37;#37;<br/>queue"]):::messaging"##),
            ("größe", ##"n_gr_f6__df_e(["größe<br/>queue"]):::messaging"##),
        ]
    )
    func `a hostile name stays inside its label`(name: String, line: String) {
        let graph = Graph(name: "g", nodes: [Node(id: ResourceID(name), kind: .needing([]))])
        #expect(MermaidRenderer().render(graph).split(separator: "\n")[1] == "    " + line)
    }

    @Test(arguments: 0..<20)
    func `each resource and each need of a random graph is one line`(seed: Int) throws {
        let random = RandomGraph(seed: seed, nodes: 60, edges: 120)
        let text = MermaidRenderer().render(random.graph)
        var identifiers: Set<Substring> = []
        var edges: Set<Substring> = []
        for line in text.split(separator: "\n").dropFirst() where !line.hasPrefix("    classDef ") {
            if let node = line.wholeMatch(of: #/    ([\w-]+)[\[({/]+"[^"<]*<br/>[a-z ]+"[\])}/]+:::[a-z]+/#) {
                #expect(identifiers.insert(node.1).inserted)
            } else {
                let edge = try #require(line.wholeMatch(of: #/    ([\w-]+) -->\|"[^"]+"\| ([\w-]+)/#))
                #expect(identifiers.contains(edge.1) && identifiers.contains(edge.2))
                #expect(edges.insert(line).inserted)
            }
        }
        #expect(identifiers.count == random.graph.nodes.count)
        #expect(edges.count == random.edges.count)
        #expect(text == MermaidRenderer().render(random.graph))
    }
}

import Renderers
import SampleStacks
import StackGraph
import StackModel
import Testing
import Yams

@testable import infra

/// A graph that tests of Compose render.
struct ComposeSample: Sendable, CustomTestStringConvertible {
    let name: String
    let graph: Graph

    var testDescription: String { name }

    /// The Compose file as a YAML parser reads it.
    func project() throws -> [String: Any] {
        let text = try ComposeRenderer().render(graph).file("compose.yaml")
        return try #require(try Yams.load(yaml: text) as? [String: Any])
    }

    func services() throws -> [String: [String: Any]] {
        try #require(try project()["services"] as? [String: [String: Any]])
    }
}

enum ComposeSamples {
    /// The samples, both stages of the stack that ships with Slipway, and hundreds of random ones.
    static let all: [ComposeSample] =
        given
        + (0..<200).compactMap { seed in
            (try? RandomStack(seed: seed)).map { ComposeSample(name: "\(seed)", graph: $0.graph) }
        }

    static let given: [ComposeSample] = {
        let graphs: [(String, () throws -> Graph)] = [
            ("small", SampleStacks.small), ("complete", SampleStacks.complete),
            ("dev", { try Lightening(stage: .dev).stack.lowered() }),
            ("production", { try Lightening(stage: .production).stack.lowered() }),
            ("empty", { Graph(name: "empty", nodes: []) }),
        ]
        return graphs.compactMap { name, graph in (try? graph()).map { ComposeSample(name: name, graph: $0) } }
    }()
}

extension Rendering {
    /// The text of a file that must be there.
    func file(_ path: String) throws -> String {
        try #require(files.first { $0.path == path }).contents
    }
}

extension Graph {
    /// One container with these settings.
    static func container(
        port: Int? = 80,
        replicas: ClosedRange<Int> = 1...1,
        arguments: [String] = [],
        contract: [ServiceNode.ContractSetting] = [],
        environment: [Variable] = []
    ) -> Graph {
        let app = ContainerAppNode(
            service: ServiceNode(
                executable: "App",
                arguments: arguments,
                contract: contract,
                environment: environment
            ),
            image: ImageNode(registry: ResourceID("images"), repository: "app", tag: "1"),
            port: port,
            size: .halfCore,
            replicas: replicas,
            triggers: [],
            source: nil
        )
        return Graph(
            name: "sample",
            nodes: [
                Node(id: ResourceID("images"), kind: .registry), Node(id: ResourceID("app"), kind: .containerApp(app)),
            ]
        )
    }
}

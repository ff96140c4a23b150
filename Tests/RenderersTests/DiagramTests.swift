import SampleStacks
import StackGraph
import Testing

@testable import Renderers

struct DiagramTests {
    @Test func `every reference becomes a line that says what it is for`() throws {
        let diagram = Diagram(try SampleStacks.complete())
        let lines = diagram.edges.map { edge in
            let (user, target) = (diagram.boxes[edge.user].name, diagram.boxes[edge.target].name)
            return "\(user) → \(target): \(edge.purposes.joined(separator: ", "))"
        }
        #expect(
            lines == [
                "api → registry: pulls images",
                "api → jobs: sends",
                "api → vault: reads secret API_KEY",
                "functions → files: keeps host state",
                "functions → jobs: receives",
                "functions → failed-jobs: sends",
                "functions → news: sends",
                "readers → news: subscribes",
                "worker → registry: pulls images",
                "worker → readers: receives",
                "worker → failed-jobs: sends",
                "worker → jobs: receives",
                "worker → api: knows address",
                "worker → files: writes blobs, reads tables",
                "worker → cache: uses cache",
                "worker → documents: writes documents",
                "worker → model: uses model",
                "worker → logs: writes telemetry",
                "worker → vault: reads secret TOKEN",
            ]
        )
    }

    @Test func `every kind has words of its own`() throws {
        let kinds = Diagram(try SampleStacks.complete()).boxes.map(\.kind)
        #expect(
            Set(kinds) == [
                "cache", "container registry", "document database", "function app", "language model", "queue",
                "secret store", "storage account", "subscription", "telemetry", "topic", "web container", "worker",
            ]
        )
    }

    @Test func `a line to a resource that is not there is left out`() {
        let graph = Graph(name: "g", nodes: [Node(id: ResourceID("app"), kind: .needing(["elsewhere"]))])
        #expect(Diagram(graph).edges.isEmpty)
    }
}

import Foundation
import FoundationXML
import Renderers
import SampleStacks
import StackGraph
import Testing

struct SVGRendererTests {
    @Test func `a picture names itself, its resources and its references`() throws {
        let reading = try SVGReading(of: SVGRenderer().render(try SampleStacks.small()))
        #expect(reading.rootAttributes["role"] == "img")
        #expect(reading.rootAttributes["aria-labelledby"] == "title summary")
        #expect(reading.title == "shop")
        #expect(
            reading.boxes == [
                "api, web container", "jobs, queue", "registry, container registry", "vault, secret store",
                "worker, worker",
            ]
        )
        #expect(reading.lines.contains("worker → jobs: receives, sends"))
        #expect(reading.texts.contains("reads secret API_KEY"))
    }

    @Test func `a picture follows the colours of the page and loads nothing`() throws {
        let text = SVGRenderer().render(try SampleStacks.small())
        #expect(text.contains("@media (prefers-color-scheme: dark)"))
        #expect(text.components(separatedBy: "http").count == 2, "only the namespace is an address")
    }

    @Test func `a long name is cut on the picture and whole in its title`() throws {
        let name = String(repeating: "long-", count: 20) + "name"
        let graph = Graph(name: "g", nodes: [Node(id: ResourceID(name), kind: .needing([]))])
        let reading = try SVGReading(of: SVGRenderer().render(graph))
        #expect(reading.boxes == ["\(name), queue"])
        #expect(reading.texts.contains(name.prefix(47) + "…"))
    }

    @Test func `an empty stack is an empty picture`() throws {
        let reading = try SVGReading(of: SVGRenderer().render(Graph(name: "nothing", nodes: [])))
        #expect(reading.title == "nothing")
        #expect(reading.boxes.isEmpty)
    }

    @Test(arguments: 0..<20)
    func `each resource and each need of a random graph is drawn once`(seed: Int) throws {
        let random = RandomGraph(seed: seed, nodes: 60, edges: 120)
        let text = SVGRenderer().render(random.graph)
        let reading = try SVGReading(of: text)
        #expect(reading.title == "random <\(seed)>")
        #expect(reading.boxes.count == random.graph.nodes.count)
        #expect(Set(reading.boxes).count == reading.boxes.count)
        let expected = random.edges.map { "\(shown($0.user)) → \(shown($0.target)): receives" }
        #expect(reading.lines.sorted() == expected.sorted())
        #expect(text == SVGRenderer().render(random.graph))
    }

    /// What becomes of characters that XML cannot carry, or would fold.
    private func shown(_ name: String) -> String {
        name.replacing("\n", with: " ").replacing("\u{1}", with: "\u{FFFD}")
    }
}

/// What a reader of the picture finds; creating one fails where the XML is not well-formed.
private struct SVGReading {
    let rootAttributes: [String: String]
    let title: String
    let boxes: [String]
    let lines: [String]
    let texts: [String]

    init(of text: String) throws {
        let collector = Collector()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = collector
        try #require(parser.parse(), "the picture is well-formed XML: \(String(describing: parser.parserError))")
        self.rootAttributes = collector.rootAttributes
        self.title = collector.texts["svg/title"]?.first ?? ""
        self.boxes = collector.texts["g/title"] ?? []
        self.lines = collector.texts["path/title"] ?? []
        self.texts = (collector.texts["g/text"] ?? []) + (collector.texts["svg/text"] ?? [])
    }

    /// Collects the text of elements by their own name and that of the element around them.
    private final class Collector: NSObject, XMLParserDelegate {
        var rootAttributes: [String: String] = [:]
        var texts: [String: [String]] = [:]
        private var path: [String] = []
        private var content = ""

        func parser(
            _ parser: XMLParser,
            didStartElement element: String,
            namespaceURI: String?,
            qualifiedName: String?,
            attributes: [String: String]
        ) {
            if path.isEmpty { rootAttributes = attributes }
            path.append(element)
            content = ""
        }

        func parser(_ parser: XMLParser, foundCharacters characters: String) {
            content += characters
        }

        func parser(
            _ parser: XMLParser,
            didEndElement element: String,
            namespaceURI: String?,
            qualifiedName: String?
        ) {
            texts[path.suffix(2).joined(separator: "/"), default: []].append(content)
            path.removeLast()
        }
    }
}

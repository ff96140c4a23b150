import StackGraph
import StackModel
import Testing

struct OutputTests {
    private let app = WebContainer.reader("app")
    private let id = ResourceID("app")

    @Test func `a literal is known now`() {
        let output: Output<String> = "https://example.com"
        #expect(output.term == .literal("https://example.com"))
    }

    @Test func `interpolation keeps its parts, so that each target fills in its own`() {
        let path = "v1"
        let output: Output<String> = "https://\(app.hostname):\(443)/\(path)/"
        #expect(
            output.term
                == .joined([
                    .literal("https://"), .attribute(id, .hostname), .literal(":"), .literal("443"), .literal("/"),
                    .literal("v1"), .literal("/"),
                ])
        )
    }

    @Test func `an interpolated output can be part of another`() {
        let base: Output<String> = "\(app.url)/chat"
        let output: Output<String> = "\(base)?q=\(app.hostname)"
        #expect(
            output.term
                == .joined([
                    .joined([.attribute(id, .url), .literal("/chat")]), .literal("?q="), .attribute(id, .hostname),
                ])
        )
        #expect(output.term.attributes.map(\.attribute) == [.url, .hostname])
        #expect(output.term.attributes.map(\.id) == [id, id])
    }
}

import JSONText
import Planning
import Renderers
import SampleStacks
import StackGraph
import Testing

struct RandomStackTests {
    @Test(arguments: 0..<100)
    func `a stack gives the same bytes in every format, one by one and all at once`(seed: Int) async throws {
        let graph = try RandomStack(seed: seed).graph
        let again = try RandomStack(seed: seed).graph
        let together = await RenderFormat.render(again, as: RenderFormat.allCases)
        for (format, rendering) in zip(RenderFormat.allCases, together) {
            #expect(format.render(graph) == rendering, "\(format)")
            #expect(rendering.files.allSatisfy { !$0.contents.isEmpty })
            #expect(Set(rendering.files.map(\.path)).count == rendering.files.count)
        }
    }

    @Test(arguments: 0..<100)
    func `a text of the stack is what a request carries, byte for byte`(seed: Int) throws {
        let stack = try RandomStack(seed: seed)
        let template = ARMTemplate(stack.graph)
        let resolver = AzureDocuments.resolver(template, ["keyA": "", "keyB": ""])
        for (app, texts) in stack.texts {
            let resource = try #require(
                template.resources.first { $0.node == ResourceID(app) && $0.type == .containerApp }
            )
            let body = try resolver.body(of: resource)
            let container = try #require(body["properties"]?["template"]?["containers"]?.array?.first)
            let variables = try #require(container["env"]?.array)
            for (name, text) in texts {
                let value = variables.first { $0["name"]?.string == name }?["value"]?.string
                #expect(value?.utf8.elementsEqual(text.utf8) == true, "\(text.debugDescription)")
            }
        }
    }
}

import JSONText
import SampleStacks
import Testing

@testable import Renderers

struct FunctionsRendererTests {
    let files: [String: JSON]

    init() throws {
        let rendering = FunctionsRenderer().render(try SampleStacks.complete())
        self.files = try Dictionary(
            uniqueKeysWithValues: rendering.files.map { ($0.path, try JSON(parsing: $0.contents.utf8)) }
        )
    }

    @Test func `the host starts the program and hands requests on as they are`() throws {
        let host = try #require(files["functions/host.json"])
        #expect(host["version"] == "2.0")
        #expect(host["customHandler"]?["description"]?["defaultExecutablePath"] == "Functions")
        #expect(host["customHandler"]?["enableProxyingHttpRequest"] == true)
        #expect(host["extensionBundle"]?["version"] == "[4.*, 5.0.0)")
    }

    @Test func `every function has its trigger`() throws {
        #expect(
            files.keys.sorted() == [
                "functions/Create/function.json", "functions/Handle/function.json", "functions/Remind/function.json",
                "functions/host.json",
            ]
        )
        let create = try #require(files["functions/Create/function.json"]?["bindings"]?.array)
        #expect(create.map { $0["type"] } == ["httpTrigger", "http"])
        #expect(create[0]["methods"] == ["post"])
        #expect(create[0]["route"] == "events")
        #expect(
            files["functions/Handle/function.json"]?["bindings"] == [
                [
                    "type": "serviceBusTrigger", "direction": "in", "name": "message", "queueName": "jobs",
                    "connection": "BUS",
                ]
            ]
        )
        #expect(files["functions/Remind/function.json"]?["bindings"]?.array?.first?["schedule"] == "0 */5 * * * *")
    }
}

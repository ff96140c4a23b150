import JSONText
import SampleStacks
import StackGraph
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
        #expect(host["extensions"]?["http"]?["routePrefix"] == "api")
        #expect(host["functionTimeout"] == nil, "the lock is renewed for the time that the plan gives a function")
        #expect(host["extensions"]?["serviceBus"]?["maxAutoLockRenewalDuration"] == "00:30:00")
        #expect(host["extensions"]?["serviceBus"]?["maxConcurrentCalls"] == 32)
    }

    @Test(arguments: [false, true])
    func `a timer runs at the start of the app only where its declaration says so`(runsOnStartup: Bool) throws {
        let tick = FunctionNode(
            name: "Tick",
            trigger: .timer(schedule: "0 0 * * * *", runsOnStartup: runsOnStartup)
        )
        let binding = try #require(try Self.rendered(tick)["bindings"]?.array?.first)
        #expect((binding["runOnStartup"] != nil) == runsOnStartup)
    }

    @Test func `an app without messages says nothing of them`() throws {
        let tick = FunctionNode(name: "Tick", trigger: .timer(schedule: "0 0 * * * *"))
        let host = try Self.rendered(tick, "host.json")
        #expect(host["extensions"]?["serviceBus"] == nil)
        #expect(host["extensionBundle"] == nil)
    }

    /// A file of an app that has this one function.
    private static func rendered(_ function: FunctionNode, _ file: String = "Tick/function.json") throws -> JSON {
        let service = ServiceNode(executable: "Ticks", arguments: [], contract: [], environment: [])
        let app = FunctionAppNode(
            service: service,
            storage: ResourceID("files"),
            functions: [function],
            maximumInstances: 1
        )
        let graph = Graph(name: "ticks", nodes: [Node(id: ResourceID("app"), kind: .functionApp(app))])
        let files = FunctionsRenderer().render(graph).files
        return try JSON(parsing: try #require(files.first { $0.path == "app/\(file)" }).contents.utf8)
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
                    "connection": "BUS", "isSessionsEnabled": false, "autoComplete": true,
                ]
            ]
        )
        #expect(files["functions/Remind/function.json"]?["bindings"]?.array?.first?["schedule"] == "0 */5 * * * *")
    }
}

import Foundation
import FunctionsHostSimulator
import Logging
import Renderers
import ServiceKit
import Settings
import StackGraph
import TestInstruments
import Testing

@testable import FunctionHost

/// What is rendered is what the host reads.
struct RenderedAppTests {
    @Test(arguments: PayloadEncoding.allCases, [false, true])
    func `a rendered timer rings, also at the start where it should`(
        encoding: PayloadEncoding,
        runsOnStartup: Bool
    ) async throws {
        let calls = Shared(0)
        let tick = TimerFunction("Tick", .hourly(minute: 0), runsOnStartup: runsOnStartup)
        let functions = [HostedFunction.timer(tick) { calls.withLock { $0 += 1 } }]
        let trigger = FunctionNode.Trigger.timer(schedule: "0 0 * * * *", runsOnStartup: runsOnStartup)
        try await Self.rendered(FunctionNode(name: "Tick", trigger: trigger)) { folder in
            try await FunctionsHostSimulator.running(
                FunctionAppFolder(at: folder),
                starting: .services { environment in
                    CustomHandlerHost(functions)
                        .services(
                            identity: ServiceIdentity(name: "sample"),
                            port: environment["FUNCTIONS_CUSTOMHANDLER_PORT"].flatMap { Int($0) } ?? 0,
                            authenticator: nil,
                            deadLetters: nil,
                            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                        )
                },
                encoding: encoding,
                settings: [:],
                queues: [:]
            ) { host in
                try await host.ring("Tick", isPastDue: true)
            }
        }
        #expect(calls.withLock { $0 } == (runsOnStartup ? 2 : 1))
    }

    /// Each of these would keep the app in Azure from working, so the simulator must not work with it either.
    @Test(arguments: [
        ("host.json", #""version": "2.0""#, #""version": "1.0""#),
        ("host.json", #""defaultExecutablePath""#, #""executable""#),
        ("host.json", #""extensionBundle""#, #""bundle""#),
        ("HandleEvent/function.json", #""autoComplete": true"#, #""autoComplete": false"#),
        ("HandleEvent/function.json", #""isSessionsEnabled": false"#, #""isSessionsEnabled": true"#),
        ("HandleEvent/function.json", #""queueName": "events""#, #""queueName": """#),
        ("HandleEvent/function.json", #""serviceBusTrigger""#, #""serviceBus""#),
        ("AcceptEvent/function.json", #""direction": "in""#, #""direction": "out""#),
        ("AcceptEvent/function.json", #""anonymous""#, #""function""#),
    ])
    func `an app that is rendered wrongly does not start`(file: String, right: String, wrong: String) throws {
        let folder = Self.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.copyItem(atPath: RunningFunctions.renderedFolder, toPath: folder)
        _ = try FunctionAppFolder(at: folder)
        let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
        let changed = text.replacingOccurrences(of: right, with: wrong)
        try #require(changed != text)
        try changed.write(toFile: "\(folder)/\(file)", atomically: true, encoding: .utf8)
        #expect(throws: FolderProblem.self) { try FunctionAppFolder(at: folder) }
    }

    /// Renders an app that has this one function.
    private static func rendered(_ function: FunctionNode, _ body: (String) async throws -> Void) async throws {
        let service = ServiceNode(executable: "Sample", arguments: [], contract: [], environment: [])
        let app = FunctionAppNode(
            service: service,
            storage: ResourceID("files"),
            functions: [function],
            maximumInstances: 1
        )
        let graph = Graph(name: "sample", nodes: [Node(id: ResourceID("app"), kind: .functionApp(app))])
        let folder = temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for file in FunctionsRenderer().render(graph).files {
            let place = URL(filePath: folder).appending(path: file.path)
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(file.contents.utf8).write(to: place)
        }
        try await body("\(folder)/app")
    }

    private static func temporaryFolder() -> String {
        FileManager.default.temporaryDirectory.appending(path: "app-\(UUID().uuidString)").path
    }
}

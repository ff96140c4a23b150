import AsyncHTTPClient
import Foundation
import FunctionHost
import FunctionsHostSimulator
import Logging
import Messaging
import ServiceKit
import ServiceLifecycle
import Testing
import TestNetwork

/// Where functions run in a test.
enum Hosting: Sendable, Hashable, CaseIterable, CustomTestStringConvertible {
    case alone
    case azure(PayloadEncoding)
    /// Below a host that hands requests over as payloads.
    case azureWithoutProxy(PayloadEncoding)

    static var allCases: [Hosting] {
        [.alone] + PayloadEncoding.allCases.flatMap { [.azure($0), .azureWithoutProxy($0)] }
    }

    var testDescription: String {
        switch self {
        case .alone: "standing alone"
        case .azure(let encoding): "below the Azure Functions host, values \(encoding)"
        case .azureWithoutProxy(let encoding): "below one that does not proxy, values \(encoding)"
        }
    }
}

/// Functions that run somewhere, seen from outside.
struct RunningFunctions: Sendable {
    let answer: @Sendable (SimulatedRequest) async throws -> SimulatedAnswer
    /// Tells the program to stop.
    let stop: @Sendable () async -> Void

    /// Runs functions while the body runs.
    ///
    /// - Parameters:
    ///   - hosting: Where.
    ///   - settings: The settings of the program.
    ///   - queues: The queues that feed them, by name.
    ///   - make: Makes the parts of the program for an environment.
    ///   - body: The test.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, and what the simulator finds wrong.
    static func running<Value: Sendable>(
        _ hosting: Hosting,
        settings: [String: String],
        queues: [String: any MessageReceiver],
        make: @escaping @Sendable ([String: String]) async throws -> [any Service],
        _ body: @escaping @Sendable (RunningFunctions) async throws -> Value
    ) async throws -> Value {
        switch hosting {
        case .alone: return try await alone(settings, make, body)
        case .azure(let encoding), .azureWithoutProxy(let encoding):
            return try await FunctionsHostSimulator.running(
                FunctionAppFolder(at: renderedFolder),
                starting: .services(make),
                encoding: encoding,
                proxies: hosting == .azure(encoding),
                settings: settings,
                queues: queues
            ) { host in
                try await body(
                    RunningFunctions(answer: { try await host.answer($0) }, stop: { await host.stopProgram() })
                )
            }
        }
    }

    /// What the stack has been rendered to.
    static let renderedFolder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../infra/rendered/dev/functions/functions").standardizedFileURL.path

    private static func alone<Value: Sendable>(
        _ settings: [String: String],
        _ make: ([String: String]) async throws -> [any Service],
        _ body: @escaping @Sendable (RunningFunctions) async throws -> Value
    ) async throws -> Value {
        let port = try await FreePort.find()
        let services = try await make(settings.merging(["PORT": String(port)]) { $1 })
        let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(configuration: .init(services: services, logger: silent))
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let result: Result<Value, any Error>
            do {
                let server = LoopbackClient(client: client, port: port)
                try await server.waitUntilReady()
                result = .success(
                    try await body(
                        RunningFunctions(
                            answer: { try await server.send($0) },
                            stop: { await group.triggerGracefulShutdown() }
                        )
                    )
                )
            } catch {
                result = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try await client.shutdown()
            return try result.get()
        }
    }
}

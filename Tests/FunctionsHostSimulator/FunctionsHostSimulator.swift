import AsyncHTTPClient
import Foundation
import JSONText
public import Messaging
import TestInstruments
import TestNetwork

/// Behaves towards a program as the Azure Functions host does.
///
/// What it starts, which requests and queues it knows and what it calls everything, it reads from the folder of the app,
/// so that a folder that was rendered wrongly does not work here either.
public struct FunctionsHostSimulator: Sendable {
    let folder: FunctionAppFolder
    let payload: Payload
    let proxiesRequests: Bool
    let queues: [String: any MessageReceiver]
    let client: LoopbackClient
    let control: HandlerControl
    let breaches = Shared<[String]>([])

    /// How often the program was started.
    public var starts: Int { control.starts }
    /// What the program wrote to its standard output, where it has a process of its own.
    public var log: String { control.log }

    /// Runs a host and its program while the body runs.
    ///
    /// - Parameters:
    ///   - folder: The app.
    ///   - program: What to start.
    ///   - encoding: How values are written into payloads.
    ///   - proxies: Whether this version of the host can proxy requests; it does where `host.json` says so.
    ///   - settings: The app settings.
    ///   - queues: The queues of the bus by their names.
    ///   - body: The test.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws; ``FolderProblem``; ``InvocationFailure/breach(_:)`` when the program did not keep
    ///   to the contract at any time.
    public static func running<Value: Sendable>(
        _ folder: FunctionAppFolder,
        starting program: HandlerProgram,
        encoding: PayloadEncoding,
        proxies: Bool = true,
        settings: [String: String],
        queues: [String: any MessageReceiver],
        _ body: @escaping @Sendable (FunctionsHostSimulator) async throws -> Value
    ) async throws -> Value {
        for case .messages(_, let queue, let connection) in folder.functions.map(\.trigger) {
            guard queues[queue] != nil else { throw FolderProblem("there is no queue \(queue)") }
            guard settings[connection] ?? settings["\(connection)__fullyQualifiedNamespace"] != nil else {
                throw FolderProblem("there is no connection \(connection)")
            }
        }
        let http = HTTPClient(eventLoopGroupProvider: .singleton)
        let port = try await FreePort.find()
        let host = FunctionsHostSimulator(
            folder: folder,
            payload: Payload(encoding: encoding),
            proxiesRequests: proxies && folder.proxiesRequests,
            queues: queues,
            client: LoopbackClient(client: http, port: port),
            control: HandlerControl()
        )
        do {
            let value = try await host.run(program, settings.merging(environment(folder, port)) { $1 }, body)
            try await http.shutdown()
            if let breach = host.breaches.withLock({ $0.first }) { throw InvocationFailure.breach(breach) }
            return value
        } catch {
            try? await http.shutdown()
            throw error
        }
    }

    /// What the host tells the program.
    ///
    /// Source: `HttpWorkerProcess` of github.com/Azure/azure-functions-host
    private static func environment(_ folder: FunctionAppFolder, _ port: Int) -> [String: String] {
        let id = UUID().uuidString
        return [
            "FUNCTIONS_CUSTOMHANDLER_PORT": String(port), "FUNCTIONS_HTTPWORKER_PORT": String(port),
            "FUNCTIONS_CUSTOMHANDLER_WORKER_ID": id, "FUNCTIONS_HTTPWORKER_ID": id,
            "FUNCTIONS_APP_ROOT_PATH": folder.path,
        ]
    }

    private func run<Value: Sendable>(
        _ program: HandlerProgram,
        _ environment: [String: String],
        _ body: @escaping @Sendable (FunctionsHostSimulator) async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await program.run(folder, environment: environment, control: control) }
            let result: Result<Value, any Error>
            do {
                result = .success(
                    try await withThrowingTaskGroup(of: Value?.self) { work in
                        work.addTask {
                            try await client.waitUntilReady()
                            try await runOnStartup()
                            return try await body(self)
                        }
                        for function in folder.functions {
                            guard case .messages(let input, let queue, _) = function.trigger, let source = queues[queue]
                            else { continue }
                            work.addTask {
                                try await client.waitUntilReady()
                                await MessageListener(host: self, function: function, input: input, source: source)
                                    .listen()
                                return nil
                            }
                        }
                        defer { work.cancelAll() }
                        while let value = try await work.next() {
                            if let value { return value }
                        }
                        throw CancellationError()
                    }
                )
            } catch {
                result = .failure(error)
            }
            await control.stop()
            try await group.waitForAll()
            return try result.get()
        }
    }

    /// Tells the program to stop, as the host does before it goes; what it has in hand may be finished.
    public func stopProgram() async {
        await control.stop()
    }

    /// Ends the program as a crash does; the host starts it again.
    public func killProgram() {
        control.kill()
    }
}

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import RedisServer
import Subprocess
import SystemPackage
import TestNetwork

/// The chat container as a process, one of several that belong together.
struct ChatReplica: Sendable {
    let port: Int
    private let signal: @Sendable (Signal) throws -> Void

    var url: String { "http://127.0.0.1:\(port)" }

    /// Ends the process without a word.
    func kill() throws { try signal(.kill) }

    /// Asks the process to end.
    func terminate() throws { try signal(.terminate) }

    /// Runs a replica while the body does its work, unless the body ends it.
    static func run<Value: Sendable>(
        _ settings: [String: String],
        _ arguments: [String] = [],
        _ body: (ChatReplica) async throws -> Value
    ) async throws -> Value {
        let port = try await FreePort.find()
        let variables = settings.merging(["PORT": "\(port)", "LOG_LEVEL": "warning"]) { given, _ in given }
        let program = URL(filePath: LocalSystem.program).deletingLastPathComponent().appending(path: "ChatAPI").path
        let outcome = try await Subprocess.run(
            .path(FilePath(program)),
            arguments: Arguments(arguments),
            environment: .custom(
                Dictionary(uniqueKeysWithValues: variables.map { (Environment.Key(stringLiteral: $0), $1) })
            ),
            input: .none,
            output: .discarded,
            error: .discarded
        ) { process in
            let result: Result<Value, any Error>
            do {
                let replica = ChatReplica(port: port) { try process.send(signal: $0) }
                try await eventually { await replica.isHealthy }
                result = .success(try await body(replica))
            } catch {
                result = .failure(error)
            }
            // It may be gone already.
            try? process.send(signal: .kill)
            return result
        }
        return try outcome.closureResult.get()
    }

    private var isHealthy: Bool {
        get async {
            (try? await HTTPClient.shared.get(url: "\(url)/health").get())?.status == .ok
        }
    }
}

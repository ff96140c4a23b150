import Logging
public import Redis
import ServiceLifecycle
import Subprocess
import SystemPackage
public import Testing
import TestNetwork

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A Redis server of a test's own, on a port of this machine, which writes everything to disk at once.
public struct RedisServer: Sendable {
    /// Where Debian's package puts it.
    static let program = "/usr/bin/redis-server"

    /// Whether tests should run against one: they must where `CI=true` says so.
    public static var isExpected: Bool {
        ProcessInfo.processInfo.environment["CI"] == "true" || FileManager.default.isExecutableFile(atPath: program)
    }

    public static let missing: Comment = "redis-server is not installed; run scripts/setup.sh --test"

    /// The server said something else than that it is ready.
    struct Failure: Error {
        let output: [String]
    }

    public let port: Int
    public var address: RedisAddress { RedisAddress(host: "127.0.0.1", port: port) }
    private let end: @Sendable () throws -> Void

    /// Ends the server without a word, as a loss of power would.
    public func kill() throws {
        try end()
    }

    /// Runs a server for as long as a test.
    ///
    /// - Parameters:
    ///   - folder: Where it keeps its data; a new folder where none is given.
    ///   - port: A free one where none is given.
    ///   - arguments: What it is told besides.
    ///   - body: The test.
    /// - Returns: What the test returns.
    /// - Throws: What the test throws, and ``Failure`` where the server does not start.
    public static func run<Value: Sendable>(
        in folder: String? = nil,
        on port: Int? = nil,
        _ arguments: [String] = [],
        _ body: @Sendable (RedisServer) async throws -> Value
    ) async throws -> Value {
        guard let folder else {
            return try await withFolder { try await run(in: $0, on: port, arguments, body) }
        }
        let port = if let port { port } else { try await FreePort.find() }
        let settings = [
            "--port", "\(port)", "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes", "--appendfsync",
            "always",
            "--save", "", "--daemonize", "no", "--maxmemory", "256mb", "--logfile", "",
        ]
        let outcome = try await Subprocess.run(
            .path(FilePath(program)),
            arguments: Arguments(settings + arguments),
            input: .none,
            output: .sequence,
            error: .discarded
        ) { process in
            let result: Result<Value, any Error>
            do {
                try await waitUntilReady(process.standardOutput)
                let server = RedisServer(port: port) { try process.send(signal: .kill) }
                result = .success(try await body(server))
            } catch {
                result = .failure(error)
            }
            // It may be gone already.
            try? process.send(signal: .kill)
            return result
        }
        return try outcome.closureResult.get()
    }

    private static func waitUntilReady(_ output: SubprocessOutputSequence) async throws {
        var lines: [String] = []
        for try await line in output.strings() {
            if line.contains("Ready to accept connections") { return }
            lines.append(line)
        }
        throw Failure(output: lines)
    }

    /// Makes a certificate for this machine that nobody else trusts, with its key in the same file.
    public static func makeCertificate(in folder: String) async throws -> String {
        let file = "\(folder)/certificate.pem"
        let result = try await Subprocess.run(
            .name("openssl"),
            arguments: [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", file, "-out", "\(file).part", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
            ],
            output: .discarded,
            error: .string(limit: 1 << 16)
        )
        guard result.terminationStatus.isSuccess else { throw Failure(output: [result.standardError]) }
        let text =
            try String(contentsOfFile: file, encoding: .utf8) + String(contentsOfFile: "\(file).part", encoding: .utf8)
        try Data(text.utf8).write(to: URL(filePath: file))
        return file
    }

    /// Makes a folder, and removes it with all that is in it.
    public static func withFolder<Value: Sendable>(
        _ body: (String) async throws -> Value
    ) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.path + "/redis-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await body(folder)
    }
}

extension RedisClient {
    /// Runs a client for as long as a test.
    public static func run<Value: Sendable>(
        _ address: RedisAddress,
        options: Options = Options(),
        _ body: @Sendable (RedisClient) async throws -> Value
    ) async throws -> Value {
        let silent = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
        let client = RedisClient(address, options: options, logger: silent)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            defer { group.cancelAll() }
            return try await body(client)
        }
    }
}

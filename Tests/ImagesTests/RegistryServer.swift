import NIOCore
import NIOPosix
import Subprocess
import SystemPackage
import TestInstruments
import TestNetwork
import Testing
import ValidatorTools

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The registry of the Distribution project, on a port of this machine; it comes back whenever it is killed.
final class RegistryServer: Sendable {
    static let program = "/usr/bin/docker-registry"

    let port: Int
    let folder: String
    private let kills = Shared<(@Sendable () -> Void)?>(nil)

    private init(port: Int, folder: String) {
        self.port = port
        self.folder = folder
    }

    var host: String { "127.0.0.1:\(port)" }

    /// Ends the registry without a word; it is started again.
    func kill() {
        kills.withLock { $0 }?()
    }

    /// What the registry keeps under a digest, whatever the repository.
    func blob(_ digest: String) throws -> Data {
        let digits = digest.dropFirst("sha256:".count)
        let path = "\(folder)/registry/docker/registry/v2/blobs/sha256/\(digits.prefix(2))/\(digits)/data"
        return try Data(contentsOf: URL(filePath: path))
    }

    /// Runs a registry for as long as a test.
    ///
    /// - Parameters:
    ///   - folder: Where it keeps everything.
    ///   - passwords: The lines of a file as `htpasswd -B` writes it; without them it asks for nothing.
    ///   - body: The test.
    /// - Throws: What the test throws.
    static func run(
        in folder: String,
        passwords: String? = nil,
        _ body: @Sendable (RegistryServer) async throws -> Void
    ) async throws {
        let server = RegistryServer(port: try await FreePort.find(), folder: folder)
        try server.configure(passwords)
        let (starts, started) = AsyncStream<Void>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled { try await server.serve { started.yield() } }
            }
            for await _ in starts { break }
            defer { group.cancelAll() }
            try await body(server)
        }
    }

    /// Writes what the registry is told.
    ///
    /// Source: distribution.github.io/distribution/about/configuration
    private func configure(_ passwords: String?) throws {
        var lines = [
            "version: 0.1", "log: {level: error, accesslog: {disabled: true}}",
            "storage: {filesystem: {rootdirectory: \(folder)/registry}}",
            "http: {addr: \"\(host)\", secret: tests}",
        ]
        if let passwords {
            try Data(passwords.utf8).write(to: URL(filePath: "\(folder)/passwords"))
            lines.append("auth: {htpasswd: {realm: tests, path: \(folder)/passwords}}")
        }
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: "\(folder)/registry.yml"))
    }

    private func serve(onStart: @escaping @Sendable () -> Void) async throws {
        _ = try await Subprocess.run(
            .path(FilePath(Self.program)),
            arguments: ["serve", "\(folder)/registry.yml"],
            input: .none,
            output: .discarded,
            error: .discarded
        ) { process in
            kills.withLock { $0 = { try? process.send(signal: .kill) } }
            try await listens()
            onStart()
        }
    }

    /// Waits until somebody listens: the registry says nothing of it when it only logs errors.
    private func listens() async throws {
        while !Task.isCancelled {
            if let channel = try? await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "127.0.0.1", port: port).get()
            {
                try await channel.close()
                return
            }
            await Task.yield()
        }
    }
}

import AsyncHTTPClient
import Foundation
import Messaging
import Settings
import Subprocess
import SystemPackage
import Testing

/// `infra emulator` as somebody uses it who has nothing but the program.
@Suite(.timeLimit(.minutes(2))) struct EmulatorTests {
    @Test func `the connection string that a broker prints is good to use, and stays so`() async throws {
        let system = try LocalSystem()
        defer { try? FileManager.default.removeItem(at: system.folder) }
        let client = KilledBroker.client()
        let first = try await system.connection { queue in
            try await queue(client).send([OutgoingMessage(id: "a", body: [1])])
        }
        let second = try await system.connection { queue in
            let message = try #require(try await queue(client).receive(waitingAtMost: .zero))
            #expect(message.id == "a")
        }
        try await client.shutdown()
        // The ports differ.
        #expect(first.key == second.key)
    }

    @Test func `no key is written where nobody asked for it`() async throws {
        let system = try LocalSystem()
        defer { try? FileManager.default.removeItem(at: system.folder) }
        let port = String(Int.random(in: 30_000..<32_000))
        async let broker = system.infra("emulator", "--port", port, "--data", "data", "--queue", "jobs")
        try await eventually { try await system.infra("emulator", "--check-health", "--port", port).code == 0 }
        for id in system.processIDs { try await system.end(id) }
        let result = try await broker
        let secrets = try String(contentsOf: system.folder.appending(path: "data/secrets.json"), encoding: .utf8)
        let key = try #require(secrets.split(separator: "\"").max { $0.count < $1.count })
        #expect(key.count == 44)
        #expect(!(result.output + result.errors).contains(key))
        #expect(result.code == 0)
    }
}

extension LocalSystem {
    fileprivate func end(_ processID: Int32) async throws {
        _ = try await Subprocess.run(
            .path("/usr/bin/env"),
            arguments: ["kill", "-TERM", String(processID)],
            output: .discarded
        )
    }

    /// Runs a broker, hands a maker of queues on it to the body, and gives the connection string that it printed.
    fileprivate func connection(
        _ body: @escaping @Sendable (_ queue: @Sendable (HTTPClient) -> ServiceBusQueue) async throws -> Void
    ) async throws -> ConnectionString {
        let result = try await Subprocess.run(
            .path(FilePath(Self.program)),
            arguments: ["emulator", "--port", "0", "--data", "data", "--queue", "jobs", "--print-connection"],
            environment: .custom(variables),
            workingDirectory: FilePath(folder.path),
            input: .none,
            output: .sequence,
            error: .discarded
        ) { execution in
            for try await line in execution.standardOutput.strings() {
                guard let place = line.firstRange(of: "Endpoint=") else { continue }
                let text = line[place.lowerBound...].trimmingCharacters(in: .whitespacesAndNewlines)
                let connection = try ConnectionString(parsing: SecretValue(text))
                try await body { client in
                    ServiceBusQueue(
                        "jobs",
                        at: connection.endpoint,
                        credential: SharedAccessCredential(connection),
                        client: client,
                        retry: SendRetry(attempts: 1)
                    )
                }
                try execution.send(signal: .terminate)
                return Optional(connection)
            }
            return nil
        }
        return try #require(result.closureResult)
    }
}

import AsyncHTTPClient
import Foundation
import Logging
import Messaging
import NIOCore
import NIOHTTP1
import ServiceBusEmulator
import ServiceLifecycle
import Settings
import TestInstruments

/// An emulator on a free port of this machine, in a directory of its own, on a clock that stands still.
struct EmulatorHarness {
    static let key = SecretValue("a key of the tests")
    static let keyName = "tests"

    let port: Int
    let clock: TestClock
    let client: HTTPClient
    /// Tells the emulator to stop, as a supervisor would.
    let stop: @Sendable () async -> Void

    var endpoint: BusEndpoint { BusEndpoint(scheme: .http, host: "127.0.0.1", port: port) }

    func queue(_ path: String, key: SecretValue = key) -> ServiceBusQueue {
        let clock = clock
        let credential = SharedAccessCredential(keyName: Self.keyName, key: key, now: { clock.date })
        return ServiceBusQueue(
            path,
            at: endpoint,
            credential: credential,
            client: client,
            retry: SendRetry(attempts: 1),
            now: { clock.date }
        )
    }

    /// A token for the whole bus that is good for an hour.
    func token(
        resource: String? = nil,
        keyName: String = keyName,
        key: SecretValue = key,
        validFor seconds: Int = 3600
    ) -> String {
        SharedAccessSignature(
            resource: resource ?? endpoint.url,
            keyName: keyName,
            key: key,
            expiry: Int(clock.date.timeIntervalSince1970) + seconds
        ).token.unsafeRevealed
    }

    struct Answer {
        let status: UInt
        let headers: HTTPHeaders
        let body: String
    }

    /// Sends a request as it is; the token is good unless another is given.
    func request(
        _ method: HTTPMethod,
        _ target: String,
        headers: HTTPHeaders = [:],
        body: [UInt8] = [],
        authorized isAuthorized: Bool = true
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: endpoint.url + target)
        request.method = method
        request.headers = headers
        if isAuthorized, !headers.contains(name: "Authorization") {
            request.headers.add(name: "Authorization", value: token())
        }
        request.body = .bytes(ByteBuffer(bytes: body))
        let response = try await client.execute(request, timeout: .seconds(30))
        let bytes = try await response.body.collect(upTo: 1 << 20)
        return Answer(status: response.status.code, headers: response.headers, body: String(buffer: bytes))
    }
}

/// Runs an emulator while the body runs.
func withEmulator(
    _ configuration: BrokerConfiguration,
    clock: TestClock = TestClock(),
    _ body: (EmulatorHarness) async throws -> Void
) async throws {
    try await withDirectory { directory in
        let (ports, running) = AsyncStream.makeStream(of: Int.self)
        let silent = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
        let emulator = try ServiceBusEmulator(
            port: 0,
            directory: directory,
            configuration: configuration,
            keys: [
                SharedAccessKey(name: EmulatorHarness.keyName, value: EmulatorHarness.key),
                SharedAccessKey(name: "reader", value: EmulatorHarness.key, rights: [.listen]),
                SharedAccessKey(name: "writer", value: EmulatorHarness.key, rights: [.send]),
            ],
            version: "1.2.3",
            clock: clock,
            now: { clock.date },
            logger: silent,
            onRunning: { running.yield($0) }
        )
        let services = ServiceGroup(configuration: .init(services: [emulator], logger: silent))
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await services.run()
                running.finish()
            }
            var iterator = ports.makeAsyncIterator()
            let result: Result<Void, any Error>
            if let port = await iterator.next() {
                do {
                    let harness = EmulatorHarness(port: port, clock: clock, client: client) {
                        await services.triggerGracefulShutdown()
                    }
                    try await body(harness)
                    result = .success(())
                } catch {
                    result = .failure(error)
                }
            } else {
                result = .success(())
            }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
            try await client.shutdown()
            try result.get()
        }
    }
}

/// Makes a directory, and removes it with all that is in it.
func withDirectory(_ body: (String) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "broker-\(UUID().uuidString)").path
    let result: Result<Void, any Error>
    do {
        try await body(directory)
        result = .success(())
    } catch {
        result = .failure(error)
    }
    try? FileManager.default.removeItem(atPath: directory)
    try result.get()
}

import AsyncHTTPClient
import Foundation
import Logging
import NIOPosix
import Settings
import TestInstruments
import Testing

@testable import Azure

/// A client of Azure whose server is scripted, and whose every word is kept and searched for secrets.
struct Harness: Sendable {
    /// What must never be seen outside of requests.
    static let canary = "canary-7f3a9c"
    /// A time limit that passes only when a test says so.
    let limitClock = TestClock()
    let clock = InstantClock()
    let journal = Shared<[String]>([])
    let events = Shared<[AzureEvent]>([])
    let server: ScriptedServer
    let httpClient: HTTPClient

    /// Runs a scripted server, and a client of it, for as long as the body of a test.
    static func run(
        _ handler: @escaping @Sendable (ReceivedRequest) async -> Reply,
        _ body: @Sendable (Harness) async throws -> Void
    ) async throws {
        try await ScriptedServer.run(handler) { server in
            let httpClient = HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: .azure)
            let harness = Harness(server: server, httpClient: httpClient)
            do {
                try await body(harness)
            } catch {
                try await httpClient.shutdown()
                throw error
            }
            try await httpClient.shutdown()
            harness.expectNoSecrets()
        }
    }

    /// Runs a server that gives these replies one after the other, and the last one for ever.
    static func run(replies: [Reply], _ body: @Sendable (Harness) async throws -> Void) async throws {
        try await run({ replies[min($0.index, replies.count - 1)] }, body)
    }

    var address: WebAddress {
        get throws { try #require(WebAddress("http://127.0.0.1:\(server.port)")) }
    }

    var cloud: AzureCloud {
        get throws { AzureCloud.single(at: try address) }
    }

    var connection: AzureConnection {
        var logger = Logger(label: "azure") { [journal] _ in JournalLogHandler(journal: journal) }
        logger.logLevel = .trace
        return AzureConnection(
            client: httpClient,
            time: TimeSource(clock: clock, limitClock: limitClock, now: { [clock] in clock.date }),
            random: RandomSource(SeededGenerator(seed: 1)),
            logger: logger,
            onEvent: { [journal, events] event in
                journal.withLock { $0.append("\(event) \(String(reflecting: event))") }
                events.withLock { $0.append(event) }
            }
        )
    }

    func client(
        policy: RetryPolicy = RetryPolicy(),
        credential: any TokenCredential = FixedCredential()
    ) throws -> AzureClient {
        let connection = connection
        return AzureClient(
            cloud: try cloud,
            tokens: TokenCache(credential, connection: connection),
            connection: connection,
            policy: policy
        )
    }

    /// What an operation throws, whose every word is searched for secrets.
    func failure<Failure: Error>(
        _ type: Failure.Type = AzureError.self,
        of operation: () async throws -> Void,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Failure {
        let error = await #expect(throws: type, sourceLocation: sourceLocation) { try await operation() }
        let failure = try #require(error, sourceLocation: sourceLocation)
        var dumped = ""
        dump(failure, to: &dumped)
        journal.withLock { $0.append("\(failure) \(String(reflecting: failure)) \(dumped)") }
        return failure
    }

    var waits: [AzureEvent.Pause] {
        events.withLock { $0 }.compactMap { if case .waiting(let pause) = $0 { pause } else { nil } }
    }

    private func expectNoSecrets() {
        let leaks = journal.withLock { $0 }.filter { $0.contains(Self.canary) }
        #expect(leaks.isEmpty)
    }
}

/// Gives a new token each time, numbered and good for an hour.
final class FixedCredential: TokenCredential {
    private let count = Shared(0)

    var timesAsked: Int { count.withLock { $0 } }

    func token(for scope: TokenScope) async throws -> AccessToken {
        let number = count.withLock { count in
            count += 1
            return count
        }
        return AccessToken(
            value: SecretValue("\(Harness.canary)-token-\(number)"),
            expiresAt: InstantClock().date.addingTimeInterval(3600 * 24)
        )
    }
}

extension AzureRequest {
    static func get(_ path: String = "/things/one") -> AzureRequest {
        AzureRequest(.get, .path(path, apiVersion: "2024-01-01"))
    }
}

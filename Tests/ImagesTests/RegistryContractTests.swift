import Azure
import FakeUpstream
import Images
import JSONText
import NIOHTTP1
import Settings
import TestInstruments
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What registries ask for and refuse, played by servers of the tests' own.
@Suite(.enabled(if: SampleProgram.compilerIsExpected, SampleProgram.noCompiler))
struct RegistryContractTests {
    private struct Signed: TokenCredential {
        func token(for scope: TokenScope) async throws -> AccessToken {
            #expect(scope.text == "https://containerregistry.azure.net/.default")
            return AccessToken(value: SecretValue(StrictRegistry.entra), expiresAt: .distantFuture)
        }
    }

    private static let entra = RegistryCredential.entra(
        Signed(),
        AzureCloud.public.scope(of: .registry),
        tenant: "a-tenant"
    )

    private static func against(
        keepsReferrers: Bool = false,
        _ body: @Sendable (PushBench, StrictRegistry) async throws -> Void
    ) async throws {
        try await PushBench.run { bench in
            try await FakeUpstream.run { upstream in
                let registry = StrictRegistry(upstream: upstream, keepsReferrers: keepsReferrers)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await registry.serve() }
                    defer { group.cancelAll() }
                    try await body(bench, registry)
                }
            }
        }
    }

    @Test func `a registry of Azure gets its own token in exchange, as often as it wants one`() async throws {
        try await Self.against { bench, registry in
            let outcome = try await bench.push(
                to: "\(registry.host)/hello:1",
                credential: Self.entra,
                chunk: 200_000,
                clock: InstantClock()
            )
            let state = registry.state.withLock { $0 }
            #expect(state.complaints == [])
            #expect(state.exchanges >= 4)
            #expect(state.manifests["1"] == state.manifests["\(outcome.digest)"])
            #expect(state.manifests["sha256-\(outcome.digest.hexadecimal)"] != nil)
            let log = bench.log.withLock { $0.joined() }
            #expect(!log.isEmpty && !log.contains("canary"))
        }
    }

    @Test func `a registry that keeps lists of referrers is not given one`() async throws {
        try await Self.against(keepsReferrers: true) { bench, registry in
            let outcome = try await bench.push(
                to: "\(registry.host)/hello:1",
                credential: Self.entra,
                clock: InstantClock()
            )
            #expect(registry.state.withLock { $0.manifests["sha256-\(outcome.digest.hexadecimal)"] } == nil)
            let again = try await bench.push(
                to: "\(registry.host)/hello:1",
                credential: Self.entra,
                clock: InstantClock()
            )
            #expect(again.isUnchanged && again.sent.isEmpty)
            #expect(registry.state.withLock { $0.complaints } == [])
        }
    }

    @Test func `an access that is refused says so, and nothing of the secrets`() async throws {
        try await Self.against { bench, registry in
            let wrong = RegistryCredential.refreshToken(SecretValue("canary-wrong-1b2c"))
            let error = await #expect(throws: RegistryError.self) {
                try await bench.push(to: "\(registry.host)/hello:1", credential: wrong, clock: InstantClock())
            }
            #expect(error == .unauthorized(said: nil))
            #expect(!bench.log.withLock { $0.joined() }.contains("canary"))
        }
    }

    @Test func `nobody but the registry is told who deploys`() async throws {
        try await Self.answering(
            .unauthorized,
            headers: ["WWW-Authenticate": "Bearer realm=\"http://127.0.0.1:1/token\",service=\"s\""]
        ) { bench, host in
            await #expect(throws: RegistryError.untrusted("http://127.0.0.1:1")) {
                try await bench.push(to: "\(host)/hello:1", credential: Self.entra, clock: InstantClock())
            }
        }
        try await Self.answering(
            .unauthorized,
            headers: ["WWW-Authenticate": "Bearer realm=\"http://example.com/token\",service=\"s\""]
        ) { bench, host in
            await #expect(throws: RegistryError.untrusted("http://example.com/token")) {
                try await bench.push(to: "\(host)/hello:1", clock: InstantClock())
            }
        }
    }

    @Test(arguments: [
        (HTTPResponseStatus.forbidden, RegistryError.forbidden(said: "DENIED: no")),
        (.notFound, .missing(said: "DENIED: no")),
        (.tooManyRequests, .throttled(wait: nil)),
        (.internalServerError, .failing(status: 500, said: "DENIED: no")),
        (.insufficientStorage, .failing(status: 507, said: "DENIED: no")),
        (.conflict, .refused(status: 409, said: "DENIED: no")),
        (.unauthorized, .unauthorized(said: nil)),
    ])
    func `each refusal is called by its name`(status: HTTPResponseStatus, expected: RegistryError) async throws {
        try await Self.answering(status) { bench, host in
            await #expect(throws: expected) {
                try await bench.push(to: "\(host)/hello:1", clock: InstantClock())
            }
        }
    }

    @Test func `an upload goes on exactly where the registry says that it was`() async throws {
        let ranges = Shared<[String]>([])
        try await PushBench.run(isSmall: true) { bench in
            try await FakeUpstream.run { upstream in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        while true {
                            let call = try await upstream.nextCall()
                            let range = call.head.headers["Content-Range"]
                            let count = ranges.withLock { ranges in
                                ranges += range
                                return ranges.count
                            }
                            let place: HTTPHeaders = ["Location": "/v2/hello/blobs/uploads/one"]
                            switch call.head.method {
                            // The first piece arrives in part.
                            case .PATCH where count == 1: try await call.refuse(.internalServerError)
                            case .GET where call.head.uri.hasSuffix("/uploads/one"):
                                try await call.refuse(.noContent, headers: ["Range": "0-599"], body: "")
                            case .POST, .PATCH: try await call.refuse(.accepted, headers: place)
                            case .PUT: try await call.refuse(.created)
                            default: try await call.refuse(.notFound, body: "")
                            }
                        }
                    }
                    defer { group.cancelAll() }
                    _ = try await bench.push(
                        to: "127.0.0.1:\(upstream.port)/hello:1",
                        chunk: 700,
                        clock: InstantClock()
                    )
                }
            }
        }
        let starts = ranges.withLock { $0 }.prefix(2).map { $0.prefix { $0 != "-" } }
        #expect(starts == ["0", "600"])
    }

    @Test func `a registry that says when to come again is believed, and quoted when that was not enough`() async throws
    {
        let clock = InstantClock()
        try await Self.answering(.tooManyRequests, headers: ["Retry-After": "37"]) { bench, host in
            await #expect(throws: RegistryError.throttled(wait: .seconds(37))) {
                try await bench.push(to: "\(host)/hello:1", clock: clock)
            }
        }
        #expect(!clock.sleeps.isEmpty && clock.sleeps.allSatisfy { $0 >= .seconds(37) })
    }

    @Test func `a registry that nobody reaches is told`() async throws {
        try await PushBench.run { bench in
            let error = await #expect(throws: RegistryError.self) {
                try await bench.push(to: "127.0.0.1:1/hello:1", clock: InstantClock())
            }
            guard case .unreachable = error else {
                Issue.record("\(error as Any)")
                return
            }
        }
    }

    /// Runs a registry that has neither manifests nor blobs, and answers whoever writes in this way.
    private static func answering(
        _ status: HTTPResponseStatus,
        headers: HTTPHeaders = [:],
        _ body: @Sendable (PushBench, String) async throws -> Void
    ) async throws {
        try await PushBench.run { bench in
            try await FakeUpstream.run { upstream in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        while true {
                            let call = try await upstream.nextCall()
                            let isLook = call.head.method == .HEAD && status != .unauthorized
                            try await call.refuse(
                                isLook ? .notFound : status,
                                headers: headers,
                                body: call.head.method == .HEAD
                                    ? "" : #"{"errors":[{"code":"DENIED","message":"no"}]}"#
                            )
                        }
                    }
                    defer { group.cancelAll() }
                    try await body(bench, "127.0.0.1:\(upstream.port)")
                }
            }
        }
    }
}

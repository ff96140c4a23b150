import Azure
import FakeUpstream
import Images
import NIOHTTP1
import Settings
import TestInstruments
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a registry has seen, and nobody else may.
struct RegistrySecrecyTests {
    private struct Signed: TokenCredential {
        func token(for scope: TokenScope) async throws -> AccessToken {
            AccessToken(value: SecretValue("canary-entra-9c41"), expiresAt: .distantFuture)
        }
    }

    /// Ways to sign in, and whether the registry wants the password itself.
    private static let credentials: [(RegistryCredential, isBasic: Bool)] = [
        (.password(user: "anna", SecretValue("canary-word-5f0e")), true),
        (.password(user: "anna", SecretValue("canary-word-5f0e")), false),
        (.refreshToken(SecretValue("canary-refresh-1b2c")), false),
        (.entra(Signed(), AzureCloud.public.scope(of: .registry), tenant: "a-tenant"), false),
    ]

    private static let statuses: [HTTPResponseStatus] = [
        .created, .badRequest, .unauthorized, .internalServerError,
    ]

    @Test func `a registry that repeats all it was shown makes nobody else repeat it`() async throws {
        let encoded = Data("anna:canary-word-5f0e".utf8).base64EncodedString()
        try await PushBench.run(isSmall: true) { bench in
            var told: [String] = []
            for (credential, isBasic) in Self.credentials {
                for step in RepeatingRegistry.Step.allCases {
                    for status in Self.statuses {
                        told += try await Self.refusal(step, status, of: credential, isBasic, bench)
                    }
                }
            }
            told += bench.log.withLock { $0 }
            let leaks = told.filter { $0.contains("canary") || $0.contains(encoded) }
            #expect(leaks.isEmpty, "\(leaks.count): \(leaks.first ?? "")")
            // What was repeated to us is told without the secrets, and not left out.
            let (isSaid, isMade) = (
                told.contains { $0.contains("<secret>") }, told.contains { $0.contains("made Basic") }
            )
            #expect(isSaid && isMade)
        }
    }

    /// All that a push says which is refused; nothing for one that gets through.
    private static func refusal(
        _ step: RepeatingRegistry.Step,
        _ status: HTTPResponseStatus,
        of credential: RegistryCredential,
        _ isBasic: Bool,
        _ bench: PushBench
    ) async throws -> [String] {
        try await FakeUpstream.run { upstream in
            let registry = RepeatingRegistry(upstream: upstream, isBasic: isBasic, refusing: step, with: status)
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await registry.serve() }
                defer { group.cancelAll() }
                do {
                    _ = try await bench.push(
                        to: "\(registry.host)/hello:1",
                        credential: credential,
                        chunk: 1000,
                        clock: InstantClock()
                    )
                    return []
                } catch let error as RegistryError {
                    var dumped = ""
                    dump(error, to: &dumped)
                    return ["\(error)", String(reflecting: error), dumped]
                }
            }
        }
    }
}

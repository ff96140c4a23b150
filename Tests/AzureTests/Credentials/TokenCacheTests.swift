import Foundation
import Settings
import TestInstruments
import Testing

@testable import Azure

@Suite(.timeLimit(.minutes(1))) struct TokenCacheTests {
    private static let scope = AzureCloud.public.resourceManagerScope
    private static let other = TokenScope(resource: "https://vault.azure.net")

    struct Away: Error {}

    private func token(_ name: String, validFor seconds: Double, _ azure: Harness) -> AccessToken {
        AccessToken(value: SecretValue(name), expiresAt: azure.clock.date.addingTimeInterval(seconds))
    }

    /// Asks the cache, and answers its question if it has one.
    private func ask(
        _ cache: TokenCache,
        _ credential: HeldCredential,
        answering result: Result<AccessToken, any Error>
    ) async throws -> AccessToken {
        try await withThrowingTaskGroup(of: AccessToken?.self) { group in
            group.addTask { try await cache.token(for: Self.scope) }
            group.addTask {
                if let question = await credential.nextQuestion() { credential.answer(question, result) }
                return nil
            }
            defer { group.cancelAll() }
            while let next = try await group.next() {
                if let next { return next }
            }
            throw CancellationError()
        }
    }

    @Test func `a token is renewed before it expires, and used until then`() async throws {
        try await Harness.run(replies: [.hangUp]) { azure in
            let credential = HeldCredential()
            let cache = TokenCache(credential, connection: azure.connection)
            let first = token("first", validFor: 3600, azure)
            let asked = try await ask(cache, credential, answering: .success(first))
            #expect(asked == first)
            azure.clock.advance(by: .seconds(3299))
            #expect(try await cache.token(for: Self.scope) == first)
            #expect(credential.timesAsked == 1)

            azure.clock.advance(by: .seconds(1))
            let second = token("second", validFor: 3600, azure)
            #expect(try await ask(cache, credential, answering: .success(second)) == second)
            #expect(credential.timesAsked == 2)
        }
    }

    @Test func `a short life is used for its first half`() async throws {
        try await Harness.run(replies: [.hangUp]) { azure in
            let credential = HeldCredential()
            let cache = TokenCache(credential, connection: azure.connection)
            _ = try await ask(cache, credential, answering: .success(token("first", validFor: 100, azure)))
            azure.clock.advance(by: .seconds(49))
            _ = try await cache.token(for: Self.scope)
            azure.clock.advance(by: .seconds(1))
            let second = token("second", validFor: 100, azure)
            #expect(try await ask(cache, credential, answering: .success(second)) == second)
        }
    }

    @Test func `a token that cannot be renewed yet is used to its end`() async throws {
        try await Harness.run(replies: [.hangUp]) { azure in
            let credential = HeldCredential()
            let cache = TokenCache(credential, connection: azure.connection)
            let first = token("first", validFor: 3600, azure)
            _ = try await ask(cache, credential, answering: .success(first))
            azure.clock.advance(by: .seconds(3400))
            #expect(try await ask(cache, credential, answering: .failure(Away())) == first)
            // The next try is half a minute later.
            azure.clock.advance(by: .seconds(29))
            #expect(try await cache.token(for: Self.scope) == first)
            #expect(credential.timesAsked == 2)
            azure.clock.advance(by: .seconds(1))
            #expect(try await ask(cache, credential, answering: .failure(Away())) == first)
            azure.clock.advance(by: .seconds(165))
            await #expect(throws: Away.self) { try await ask(cache, credential, answering: .failure(Away())) }
            #expect(credential.timesAsked == 4)
        }
    }

    @Test func `many who ask at once are one question`() async throws {
        try await Harness.run(replies: [.hangUp]) { azure in
            let credential = HeldCredential()
            let cache = TokenCache(credential, connection: azure.connection)
            let first = token("first", validFor: 3600, azure)
            try await withThrowingTaskGroup(of: AccessToken.self) { group in
                for _ in 0..<50 { group.addTask { try await cache.token(for: Self.scope) } }
                let question = try #require(await credential.nextQuestion())
                credential.answer(question, .success(first))
                for try await token in group { #expect(token == first) }
            }
            #expect(credential.timesAsked == 1)
        }
    }

    @Test func `scopes have tokens of their own`() async throws {
        try await Harness.run(replies: [.hangUp]) { azure in
            let credential = FixedCredential()
            let cache = TokenCache(credential, connection: azure.connection)
            let one = try await cache.token(for: Self.scope)
            let two = try await cache.token(for: Self.other)
            #expect(one != two)
            #expect(try await cache.token(for: Self.scope) == one)
            cache.discard(one, for: Self.scope)
            #expect(try await cache.token(for: Self.other) == two)
            let three = try await cache.token(for: Self.scope)
            #expect(three != one)
            cache.discard(one, for: Self.scope)
            #expect(try await cache.token(for: Self.scope) == three)
        }
    }

    @Test func `who waits for one that gives up asks again`() async throws {
        try await Harness.run(replies: [.hangUp]) { azure in
            let credential = HeldCredential()
            let cache = TokenCache(credential, connection: azure.connection)
            let first = token("first", validFor: 3600, azure)
            try await withThrowingTaskGroup(of: Void.self) { group in
                // The inner group is the first to ask, and is cancelled while another waits.
                let isAsked = AsyncStream<Void>.makeStream()
                let mayCancel = AsyncStream<Void>.makeStream()
                group.addTask {
                    await withTaskGroup { inner in
                        inner.addTask {
                            await #expect(throws: CancellationError.self) { try await cache.token(for: Self.scope) }
                        }
                        _ = await credential.nextQuestion()
                        isAsked.continuation.yield()
                        for await _ in mayCancel.stream { break }
                        inner.cancelAll()
                    }
                }
                for await _ in isAsked.stream { break }
                group.addTask {
                    let token = try await cache.token(for: Self.scope)
                    #expect(token == first)
                }
                mayCancel.continuation.yield()
                let question = try #require(await credential.nextQuestion())
                credential.answer(question, .success(first))
                try await group.waitForAll()
            }
            #expect(credential.timesAsked == 2)
        }
    }

    @Test func `one who gives up waiting disturbs nobody`() async throws {
        try await Harness.run(replies: [.hangUp]) { azure in
            let credential = HeldCredential()
            let cache = TokenCache(credential, connection: azure.connection)
            let first = token("first", validFor: 3600, azure)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let token = try await cache.token(for: Self.scope)
                    #expect(token == first)
                }
                let question = try #require(await credential.nextQuestion())
                await withTaskGroup { inner in
                    inner.addTask {
                        await #expect(throws: CancellationError.self) { try await cache.token(for: Self.scope) }
                    }
                    inner.cancelAll()
                }
                credential.answer(question, .success(first))
                try await group.waitForAll()
            }
            #expect(credential.timesAsked == 1)
        }
    }
}

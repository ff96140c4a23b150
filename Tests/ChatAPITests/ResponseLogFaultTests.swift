import JSONText
import ModelStreaming
import Redis
import RedisServer
import Testing

@testable import ChatAPI

/// What goes wrong between replicas and their server.
@Suite(.timeLimit(.minutes(2)), .enabled(if: RedisServer.isExpected, RedisServer.missing))
struct ResponseLogFaultTests {
    private let shared = GenerationRequest(id: .answer(to: "Why?"), owner: "", prompt: ResponseLogTests.prompt)
    private let turn = GenerationRequest(
        owner: "ada",
        prompt: ResponseLogTests.prompt,
        turn: .init(
            conversation: ConversationKey(id: "c1", owner: "ada"),
            thread: "c1",
            said: ResponseLogTests.prompt.messages
        )
    )

    /// Nothing happens by the clock, but for the life of the connection.
    private static let patient: RedisResponseLog.Rules = {
        var rules = RedisResponseLog.Rules()
        rules.beat = .seconds(3600)
        return rules
    }()

    @Test func `an answer that failed is of no use to who asks next, here or elsewhere`() async throws {
        try await ResponseLogTests.withLogs(.redis) { one, other in
            let first = try ResponseLogTests.writer(try await one.begin(shared, asWriter: true))
            var heard = Heard(try #require(try await other.generation(shared.id)?.follow()))
            first.end(with: .failed(.malformed))
            one.finish(first)
            #expect(try await heard.end() == .failed(.malformed))
            let second = try ResponseLogTests.writer(try await one.begin(shared, asWriter: true))
            guard case .follow(let followed) = try await other.begin(shared, asWriter: true) else {
                Issue.record("it is written twice")
                return
            }
            var again = Heard(try #require(followed.follow()))
            try second.append(.text("Because"))
            second.end(with: .finished(ChatAnswer(text: "Because")))
            one.finish(second)
            #expect(try await again.end() == .finished(ChatAnswer(text: "Because")))
        }
    }

    @Test func `equal questions have one answer in a process that has lost the server`() async throws {
        try await RedisServer.run { server in
            try await Replica.run(server) { replica in
                try server.kill()
                let claims = try await withThrowingTaskGroup(of: ResponseClaim.self) { group in
                    for _ in 0..<20 { group.addTask { try await replica.log.begin(shared, asWriter: true) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(claims.count { if case .write = $0 { true } else { false } } == 1)
            }
        }
    }

    @Test func `a server that has lost what it knew is told it again`() async throws {
        try await RedisServer.run { server in
            try await Replica.run(server) { one in
                try await Replica.run(server) { other in
                    let written = try ResponseLogTests.writer(try await one.log.begin(turn, asWriter: true))
                    try written.append(.text("né"))
                    var heard = Heard(try #require(try await other.log.generation(turn.id)?.follow()))
                    try await heard.hear("né")
                    try await RedisClient.run(server.address) { _ = try await $0.send(RedisCommand("FLUSHALL")) }
                    try written.append(.text("e"))
                    try await heard.hear("née")
                    try await Replica.run(server) { third in
                        var whole = Heard(try #require(try await third.log.generation(turn.id)?.follow()))
                        try await whole.hear("née")
                    }
                }
            }
        }
    }

    @Test func `nothing stays on the server for good`() async throws {
        try await RedisServer.run { server in
            try await Replica.run(server) { one in
                try await Replica.run(server) { other in
                    let written = try ResponseLogTests.writer(try await one.log.begin(turn, asWriter: true))
                    var heard = Heard(try #require(try await other.log.generation(turn.id)?.follow()))
                    try written.append(.text("a"))
                    written.end(with: .finished(ChatAnswer(text: "a")))
                    one.log.finish(written)
                    #expect(try await heard.end() == .finished(ChatAnswer(text: "a")))
                    // The name of the conversation goes just after the end.
                    let name = RedisResponseKeys.running(in: ConversationKey(id: "c1", owner: "ada"))
                    while try await one.log.client.send(RedisCommand("EXISTS", .init(name))).integer == 1 {}
                }
            }
            try await RedisClient.run(server.address) { client in
                let keys = try await client.send(RedisCommand("KEYS", "*")).array?.compactMap(\.text) ?? []
                #expect(keys.contains { $0.hasPrefix("chat:stream:") })
                #expect(!keys.contains { $0.hasPrefix("chat:running:") })
                for key in keys {
                    let life = try await client.send(RedisCommand("PTTL", .init(key))).integer ?? -1
                    #expect(life > 0, "\(key)")
                }
            }
        }
    }

    @Test func `a question that nobody can be told to answer fails, and may be put again`() async throws {
        try await ResponseLogTests.withLogs(.redis) { one, other in
            guard case .commission(let asked) = try await one.begin(shared, asWriter: false) else {
                Issue.record("it was begun before")
                return
            }
            var heard = Heard(try #require(asked.follow()))
            var elsewhere = Heard(try #require(try await other.generation(shared.id)?.follow()))
            await one.abandon(asked)
            #expect(try await heard.end() == .failed(.unavailable(retryAfter: nil)))
            #expect(try await elsewhere.end() == .failed(.unavailable(retryAfter: nil)))
            _ = try ResponseLogTests.writer(try await other.begin(shared, asWriter: true))
        }
    }

    @Test func `what is left to another goes on as soon as somebody asks for it`() async throws {
        try await RedisServer.run { server in
            try await Replica.run(server, rules: Self.patient) { one in
                try await Replica.run(server, rules: Self.patient) { other in
                    let written = try ResponseLogTests.writer(try await one.log.begin(turn, asWriter: true))
                    try written.append(.text("a"))
                    #expect(await one.log.release(written))
                    let taken = try #require(try await other.log.generation(turn.id))
                    #expect(taken.answer.text == "a")
                    for await orphan in other.log.orphans {
                        #expect(orphan === taken)
                        break
                    }
                }
            }
        }
    }

    @Test func `who followed elsewhere counts while the server is away, and nobody else does`() async throws {
        try await RedisServer.run { server in
            try await Replica.run(server) { one in
                try await Replica.run(server) { other in
                    let alone = try ResponseLogTests.writer(try await one.log.begin(shared, asWriter: true))
                    let followed = try ResponseLogTests.writer(try await one.log.begin(turn, asWriter: true))
                    let follower = try #require(try await other.log.generation(turn.id)?.follow())
                    #expect(await one.log.isFollowedElsewhere(followed))
                    #expect(await !one.log.isFollowedElsewhere(alone))
                    try server.kill()
                    #expect(await one.log.isFollowedElsewhere(followed))
                    #expect(await !one.log.isFollowedElsewhere(alone))
                    follower.leave()
                }
            }
        }
    }

    @Test func `a writer without a lease goes on only where the server has what it has sent`() async throws {
        try await RedisServer.run { server in
            try await RedisClient.run(server.address) { client in
                let keys = RedisResponseKeys(shared.id)
                let all = [keys.stream, keys.writer, keys.cancel]
                let begun = try await client.run(
                    RedisResponseScripts.begin,
                    keys: all,
                    ["mine", 1000, 60_000, .init(shared.json.bytes)]
                )
                #expect(begun.integer == 1)
                func write(_ place: Int, _ text: String) async throws -> Int? {
                    _ = try await client.send(RedisCommand("DEL", .init(keys.writer)))
                    return try await client.run(
                        RedisResponseScripts.write,
                        keys: all,
                        ["mine", 1000, .init(place), .init(text), "", 60_000]
                    ).integer
                }
                #expect(try await write(0, "ab") == 1)
                // The answer to the first was lost, so it is sent again with what has come since.
                #expect(try await write(0, "abc") == 1)
                #expect(try await write(3, "d") == 1)
                #expect(try await write(3, "x") == 0)
                #expect(try await write(0, "abc") == 0)
            }
        }
    }

    @Test func `the end of one who was overtaken does not count`() throws {
        let generation = Generation(shared, limit: 100)
        generation.holdBack()
        try generation.append(.text("mine"))
        generation.dropUnconfirmed()
        generation.confirmAll()
        generation.end(with: .finished(ChatAnswer(text: "mine")))
        #expect(generation.end == nil)
        generation.take("theirs", at: 0)
        generation.take(.finished(ChatAnswer(text: "theirs")))
        #expect(generation.end == .finished(ChatAnswer(text: "theirs")))
    }
}

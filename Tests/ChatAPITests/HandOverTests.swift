import Logging
import ModelStreaming
import Redis
import RedisServer
import TestInstruments
import Testing

@testable import ChatAPI

/// Replicas that end in the middle of an answer.
@Suite(.timeLimit(.minutes(5)), .enabled(if: RedisServer.isExpected, RedisServer.missing))
struct HandOverTests {
    /// Says the same thing whenever it is asked, a bit at a time, and waits in the middle where it is told to.
    struct Parrot: ChatModel {
        let name = "parrot"
        let pieces: [String]
        /// After how many pieces to fall silent.
        var silence = Int.max

        func reply(to prompt: ChatPrompt) async throws -> ChatReply {
            let pieces = pieces
            let silence = silence
            let (parts, script) = AsyncThrowingStream<ChatDelta, any Error>.makeStream()
            for piece in pieces.prefix(silence) { script.yield(.text(piece)) }
            if silence >= pieces.count { script.finish() }
            return ChatReply(parts)
        }
    }

    /// Runs a replica until the test kills it.
    static func withReplica(
        _ server: RedisServer,
        model: any ChatModel,
        _ test: @Sendable (GenerationEngine) async throws -> Void
    ) async throws {
        var rules = RedisResponseLog.Rules()
        rules.lease = .milliseconds(150)
        rules.beat = .milliseconds(30)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let client = RedisClient(server.address, logger: logger)
        let log = RedisResponseLog(client, rules: rules, logger: logger)
        let engine = GenerationEngine(model: model, log: log)
        try await withThrowingTaskGroup(of: Void.self) { services in
            services.addTask { try await log.run() }
            services.addTask { try await engine.run() }
            try await withThrowingTaskGroup(of: Void.self) { connection in
                connection.addTask { try await client.run() }
                try await test(engine)
                connection.cancelAll()
            }
            // The server has heard nothing since, as if the process had been killed.
            services.cancelAll()
        }
    }

    static let text = (0..<60).map { "\($0) – " }

    @Test(arguments: 0..<(Thoroughness.isFull ? 50 : 4))
    func `an answer goes on elsewhere without a lost or repeated character`(seed: Int) async throws {
        var random = SeededGenerator(seed: seed)
        let cuts = (0..<20).map { _ in
            (made: Int.random(in: 1...50, using: &random), heard: Int.random(in: 0...9, using: &random))
        }
        try await RedisServer.run { server in
            try await Self.withReplica(server, model: Parrot(pieces: Self.text)) { survivor in
                let heard = Shared<[GenerationID: String]>([:])
                for cut in cuts {
                    try await Self.withReplica(server, model: Parrot(pieces: Self.text, silence: cut.made)) { victim in
                        let request = GenerationRequest(owner: "", prompt: ResponseLogTests.prompt)
                        let follower = try await victim.begin(request)
                        var heardHere = ""
                        let enough = Self.text.prefix(max(0, cut.made - cut.heard)).joined().utf8.count
                        while heardHere.utf8.count < enough, case .text(let more, _) = await follower.next() {
                            heardHere += more
                        }
                        let text = heardHere
                        heard.withLock { $0[request.id] = text }
                    }
                }
                try await withThrowingDiscardingTaskGroup { group in
                    for (id, start) in heard.withLock({ $0 }) {
                        group.addTask {
                            let follower = try await survivor.log.follow(id, from: start.utf8.count)
                            var rest = Heard(try #require(follower))
                            let end = try await rest.end()
                            let text = start + rest.text
                            #expect(text == Self.text.joined())
                            #expect(end == .finished(ChatAnswer(text: text)))
                        }
                    }
                }
            }
        }
    }

    @Test func `an answer that would come out otherwise is broken off, not mixed`() async throws {
        try await RedisServer.run { server in
            try await Self.withReplica(server, model: Parrot(pieces: ["other"])) { survivor in
                let request = GenerationRequest(owner: "", prompt: ResponseLogTests.prompt)
                try await Self.withReplica(server, model: Parrot(pieces: ["one", "two"], silence: 1)) { victim in
                    let follower = try await victim.begin(request)
                    #expect(await follower.next() == .text("one", end: 3))
                }
                let follower = try await survivor.log.follow(request.id, from: 0)
                var heard = Heard(try #require(follower))
                #expect(try await heard.end() == .failed(.interrupted))
                #expect(heard.text == "one")
            }
        }
    }

    @Test func `without the server everybody is served all the same`() async throws {
        try await RedisServer.run { server in
            try await Self.withReplica(server, model: Parrot(pieces: ["one", "two"])) { engine in
                try server.kill()
                let follower = try await engine.begin(GenerationRequest(owner: "", prompt: ResponseLogTests.prompt))
                var heard = Heard(follower)
                #expect(try await heard.end() == .finished(ChatAnswer(text: "onetwo")))
            }
        }
    }
}

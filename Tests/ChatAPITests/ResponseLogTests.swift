import JSONText
import Logging
import ModelStreaming
import Redis
import RedisServer
import ServiceLifecycle
import TestInstruments
import Testing

@testable import ChatAPI

/// What every log does, alone and between two replicas.
@Suite(.timeLimit(.minutes(2)))
struct ResponseLogTests {
    enum Kind: CaseIterable {
        case inMemory, redis

        static var present: [Kind] { RedisServer.isExpected ? allCases : [.inMemory] }
    }

    /// Runs a test with the logs of two replicas, which are one and the same where answers stay in the process.
    static func withLogs(
        _ kind: Kind,
        _ test: @Sendable (any ResponseLog, any ResponseLog) async throws -> Void
    ) async throws {
        switch kind {
        case .inMemory:
            let log = InMemoryResponseLog()
            try await test(log, log)
        case .redis:
            try await RedisServer.run { server in
                try await Replica.run(server) { one in
                    try await Replica.run(server) { other in try await test(one.log, other.log) }
                }
            }
        }
    }

    static let prompt = ChatPrompt(messages: [ChatMessage(role: .user, content: "Hi")])

    static func writer(_ claim: ResponseClaim) throws -> Generation {
        guard case .write(let generation) = claim else { throw Unexpected(claim: claim) }
        return generation
    }

    struct Unexpected: Error {
        let claim: ResponseClaim
    }

    @Test(arguments: Kind.present)
    func `what one writes the other hears, from any place`(kind: Kind) async throws {
        try await Self.withLogs(kind) { one, other in
            let request = GenerationRequest(owner: "ada", prompt: Self.prompt)
            let written = try Self.writer(try await one.begin(request, asWriter: true))
            try written.append(.text("né"))
            let read = try #require(try await other.generation(request.id))
            #expect(read.request == request)
            var heard = Heard(try #require(read.follow()))
            try await heard.hear("né")
            try written.append(.text("e"))
            try written.append(.usage(TokenUsage(prompt: 1, completion: 2)))
            try await heard.hear("née")
            let answer = ChatAnswer(text: "née", usage: TokenUsage(prompt: 1, completion: 2))
            written.end(with: .finished(answer))
            one.finish(written)
            #expect(try await heard.end() == .finished(answer))
            let late = try #require(try await other.generation(request.id)?.follow(from: 3))
            #expect(await late.next() == .text("e", end: 4))
            #expect(await late.next() == .ended(.finished(answer)))
        }
    }

    @Test(arguments: Kind.present)
    func `an answer is written once`(kind: Kind) async throws {
        try await Self.withLogs(kind) { one, other in
            let request = GenerationRequest(id: .answer(to: "Why?"), owner: "", prompt: Self.prompt)
            let claims = try await withThrowingTaskGroup(of: ResponseClaim.self) { group in
                for index in 0..<20 {
                    group.addTask { try await (index % 2 == 0 ? one : other).begin(request, asWriter: true) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let writers = claims.filter { if case .write = $0 { true } else { false } }
            #expect(writers.count == 1)
        }
    }

    @Test(arguments: Kind.present)
    func `an answer that failed is begun anew`(kind: Kind) async throws {
        try await Self.withLogs(kind) { one, other in
            let request = GenerationRequest(id: .answer(to: "Why?"), owner: "", prompt: Self.prompt)
            let first = try Self.writer(try await one.begin(request, asWriter: true))
            let read = try #require(try await other.generation(request.id))
            var heard = Heard(try #require(read.follow()))
            first.end(with: .failed(.rateLimited(retryAfter: .seconds(3))))
            one.finish(first)
            #expect(try await heard.end() == .failed(.rateLimited(retryAfter: .seconds(3))))
            _ = try Self.writer(try await other.begin(request, asWriter: true))
        }
    }

    @Test(arguments: Kind.present)
    func `whoever asks for the end is heard by the writer`(kind: Kind) async throws {
        try await Self.withLogs(kind) { one, other in
            let conversation = ConversationKey(id: "c1", owner: "ada")
            let turn = GenerationRequest.Turn(conversation: conversation, thread: "t1", said: Self.prompt.messages)
            let request = GenerationRequest(owner: "ada", prompt: Self.prompt, turn: turn)
            let written = try Self.writer(try await one.begin(request, asWriter: true))
            #expect(try await other.running(in: conversation) == request.id)
            #expect(try await other.running(in: ConversationKey(id: "c1", owner: "bob")) == nil)
            try await other.cancel(request.id)
            for await doubt in written.doubts where doubt == .cancelled { return }
        }
    }

    @Test(arguments: Kind.present)
    func `there is nothing of an answer that nobody began`(kind: Kind) async throws {
        try await Self.withLogs(kind) { one, _ in
            let unknown = try await one.generation(.random())
            #expect(unknown == nil)
        }
    }

    @Test func `what was kept long enough is forgotten, and so is the oldest of too much`() async throws {
        let clock = InstantClock()
        let log = InMemoryResponseLog(lifetime: .seconds(10), capacity: 5000, clock: clock)
        var requests: [GenerationRequest] = []
        for _ in 1...3 {
            let request = GenerationRequest(owner: "", prompt: Self.prompt)
            requests.append(request)
            let generation = try Self.writer(log.begin(request, asWriter: true))
            try generation.append(.text(String(repeating: "x", count: 1000)))
            generation.end(with: .stopped)
            log.finish(generation)
            clock.advance(by: .seconds(3))
        }
        #expect(requests.map { log.generation($0.id) != nil } == [false, true, true])
        clock.advance(by: .seconds(6))
        log.beat()
        #expect(requests.map { log.generation($0.id) != nil } == [false, false, true])
    }
}

/// A replica's log on a Redis server.
struct Replica: Sendable {
    let log: RedisResponseLog

    static func run(
        _ server: RedisServer,
        rules: RedisResponseLog.Rules = RedisResponseLog.Rules(),
        _ test: @Sendable (Replica) async throws -> Void
    ) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await RedisClient.run(server.address) { client in
            let log = RedisResponseLog(client, rules: rules, logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await log.run() }
                try await test(Replica(log: log))
                group.cancelAll()
            }
        }
    }
}

/// What a follower has heard, however it came in pieces.
struct Heard {
    private let follower: GenerationFollower
    private(set) var text = ""

    init(_ follower: GenerationFollower) {
        self.follower = follower
    }

    struct Unexpected: Error {
        let news: GenerationNews
    }

    /// Listens until so much has been said.
    mutating func hear(_ expected: String) async throws {
        while text != expected {
            let news = await follower.next()
            guard case .text(let more, let end) = news else { throw Unexpected(news: news) }
            text += more
            try #require(end == text.utf8.count)
            try #require(expected.hasPrefix(text))
        }
    }

    /// Listens to the end.
    mutating func end() async throws -> GenerationEnd {
        while true {
            switch await follower.next() {
            case .text(let more, _): text += more
            case .quiet: continue
            case .ended(let end): return end
            case .movedOn: throw Unexpected(news: .movedOn)
            }
        }
    }
}

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import RedisServer
import TestInstruments
import Testing
import TestNetwork

/// Replicas of the chat container that come and go while clients listen.
@Suite(.serialized, .timeLimit(.minutes(10)), .enabled(if: RedisServer.isExpected, RedisServer.missing))
struct ChatReplicaTests {
    enum Ending: CaseIterable {
        case kill, terminate

        func happen(to replica: ChatReplica) throws {
            switch self {
            case .kill: try replica.kill()
            case .terminate: try replica.terminate()
            }
        }
    }

    private static let trials = Thoroughness.isFull ? 20 : 5
    private static let clients = Thoroughness.isFull ? 50 : 4

    @Test(arguments: Ending.allCases)
    func `the answers of a replica that ends go on elsewhere, without a lost or repeated character`(
        ending: Ending
    ) async throws {
        try await withSystem { model, settings, client in
            try await ChatReplica.run(settings) { survivor in
                for trial in 0..<Self.trials {
                    try await ChatReplica.run(settings) { victim in
                        try await Self.listenToEnd(of: victim, ending, trial, client) { listener in
                            try await listener.comeBack(survivor, client)
                        }
                    }
                }
            }
        }
    }

    @Test(arguments: Ending.allCases)
    func `who followed through a replica that ends goes on through another`(ending: Ending) async throws {
        try await withSystem { model, settings, client in
            try await ChatReplica.run(settings) { maker in
                try await ChatReplica.run(settings) { survivor in
                    var listeners: [ChatListener] = []
                    try await ChatReplica.run(settings) { victim in
                        let heard = Arrivals()
                        listeners = try await withThrowingTaskGroup(of: ChatListener.self) { group in
                            for number in 0..<Self.clients {
                                group.addTask {
                                    var listener = ChatListener()
                                    let question = "\(ending)\(number) pause \(10 + number % 40)"
                                    try? await listener.ask(question, maker, client) { listener in
                                        if listener.text.utf8.count > 100 { throw CancellationError() }
                                    }
                                    try await listener.comeBack(victim, client) { _ in heard.note(number) }
                                    return listener
                                }
                            }
                            try await eventually { heard.count == Self.clients }
                            try ending.happen(to: victim)
                            return try await group.reduce(into: []) { $0.append($1) }
                        }
                    }
                    model.open()
                    for var listener in listeners {
                        try await listener.comeBack(survivor, client)
                        #expect(listener.isDone)
                    }
                    #expect(model.callCount == Self.clients)
                }
            }
        }
    }

    @Test func `equal questions are put to the model once, whichever replica they reach`() async throws {
        let requests = Thoroughness.isFull ? 10_000 : 1000
        try await withSystem { model, settings, client in
            try await ChatReplica.run(settings) { one in
                try await ChatReplica.run(settings) { other in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for number in 0..<requests {
                            let replica = number % 2 == 0 ? one : other
                            let question = "q\(number / 2 % 10)"
                            group.addTask {
                                let answer = try await client.answer(to: question, replica)
                                #expect(answer.contains(RepeatingModel.answer(to: question)[59]))
                                #expect(answer.contains(#""status":"completed""#))
                            }
                        }
                        try await group.waitForAll()
                    }
                    #expect(model.callCount == 10)
                }
            }
        }
    }

    @Test func `streams outlive the Redis server, and are shared again when it is back`() async throws {
        try await RedisServer.withFolder { folder in
            let port = try await FreePort.find()
            try await RedisServer.run(in: folder, on: port) { server in
                try await withReplicas(server, folder) { model, one, other, client in
                    let heard = Arrivals()
                    let listened = Shared<ChatListener?>(nil)
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask {
                            let long = try await Self.listener("long pause 20", one, client) { listener in
                                if !listener.text.isEmpty { heard.note(0) }
                            }
                            listened.withLock { $0 = long }
                        }
                        try await eventually { heard.count == 1 }
                        try server.kill()
                        // What is asked now is answered, though nobody else hears of it.
                        let alone = try await Self.listener("alone", one, client)
                        #expect(alone.isDone && alone.text == RepeatingModel.answer(to: "alone").joined())
                        try await RedisServer.run(in: folder, on: port) { _ in
                            model.open()
                            try await eventually { listened.withLock { $0 } != nil }
                            let long = try #require(listened.withLock { $0 })
                            #expect(long.isDone && long.text == RepeatingModel.answer(to: "long pause 20").joined())
                            // Both find the server again, and what it was not told.
                            try await Self.isHeard(long, through: other, client)
                            let later = try await Self.listener("later", one, client)
                            try await Self.isHeard(later, through: other, client)
                        }
                        try await group.waitForAll()
                    }
                }
            }
        }
    }

    /// Waits until an answer can be heard through another replica.
    private static func isHeard(
        _ listener: ChatListener,
        through replica: ChatReplica,
        _ client: HTTPClient
    ) async throws {
        try await eventually {
            var replay = ChatListener(comingBackTo: listener)
            try? await replay.comeBack(replica, client)
            return replay.isDone && replay.text == listener.text
        }
    }

    /// Lets clients listen to a replica that ends at a random moment, and then go on.
    private static func listenToEnd(
        of victim: ChatReplica,
        _ ending: Ending,
        _ trial: Int,
        _ client: HTTPClient,
        comingBack: @escaping @Sendable (inout ChatListener) async throws -> Void
    ) async throws {
        var random = SeededGenerator(seed: trial)
        let heard = Arrivals()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<clients {
                let made = Int.random(in: 1..<RepeatingModel.pieces, using: &random)
                let enough = max(1, made - Int.random(in: 0...9, using: &random))
                group.addTask {
                    let question = "\(ending)\(trial)-\(number) pause \(made)"
                    let pieces = RepeatingModel.answer(to: question)
                    let bytes = pieces.prefix(enough).joined().utf8.count
                    var listener = ChatListener()
                    try await listener.ask(question, victim, client) { listener in
                        if listener.text.utf8.count >= bytes { heard.note(number) }
                    }
                    #expect(!listener.isDone)
                    try await comingBack(&listener)
                    #expect(listener.isDone && listener.error == nil)
                    #expect(listener.text == pieces.joined())
                }
            }
            try await eventually { heard.count == clients }
            try ending.happen(to: victim)
            try await group.waitForAll()
        }
    }

    static func listener(
        _ question: String,
        _ replica: ChatReplica,
        _ client: HTTPClient,
        whileHearing: @escaping @Sendable (ChatListener) throws -> Void = { _ in }
    ) async throws -> ChatListener {
        var listener = ChatListener()
        try await listener.ask(question, replica, client, whileHearing: whileHearing)
        return listener
    }
}

/// Who has heard enough.
final class Arrivals: Sendable {
    private let numbers = Shared<Set<Int>>([])
    var count: Int { numbers.withLock { $0.count } }
    func note(_ number: Int) { numbers.withLock { _ = $0.insert(number) } }
}

/// Runs a model and a Redis server, and gives the settings that make replicas of a service that uses them.
func withSystem(
    _ body: @Sendable (RepeatingModel, [String: String], HTTPClient) async throws -> Void
) async throws {
    try await RedisServer.withFolder { folder in
        try await RedisServer.run { server in
            try await ChatListener.withClient { client in
                try await RepeatingModel.run { model in
                    try await body(model, model.settings(server, folder), client)
                }
            }
        }
    }
}

private func withReplicas(
    _ server: RedisServer,
    _ folder: String,
    _ body: @Sendable (RepeatingModel, ChatReplica, ChatReplica, HTTPClient) async throws -> Void
) async throws {
    try await ChatListener.withClient { client in
        try await RepeatingModel.run { model in
            let settings = model.settings(server, folder)
            try await ChatReplica.run(settings) { one in
                try await ChatReplica.run(settings) { other in try await body(model, one, other, client) }
            }
        }
    }
}

extension RepeatingModel {
    func settings(_ server: RedisServer, _ folder: String) -> [String: String] {
        settings.merging(["REDIS_URL": "redis://127.0.0.1:\(server.port)/0", "DATA_DIRECTORY": "\(folder)/chat"]) { $1 }
    }
}

extension HTTPClient {
    /// Puts a question that others may put as well.
    fileprivate func answer(to question: String, _ replica: ChatReplica) async throws -> String {
        var request = HTTPClientRequest(url: "\(replica.url)/chat")
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(.init(string: #"{"question":"\#(question)"}"#))
        let response = try await execute(request, timeout: .seconds(120))
        return String(buffer: try await response.body.collect(upTo: 1 << 20))
    }
}

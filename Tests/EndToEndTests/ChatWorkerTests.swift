import AsyncHTTPClient
import FakeUpstream
import Foundation
import JSONText
import NIOCore
import NIOHTTP1
import RedisServer
import Settings
import TestInstruments
import Testing

/// The chat container with its answers made by workers, through either kind of queue.
@Suite(.serialized, .timeLimit(.minutes(10)), .enabled(if: RedisServer.isExpected, RedisServer.missing))
struct ChatWorkerTests {
    enum Queue: CaseIterable {
        case redis, serviceBus
    }

    @Test(arguments: Queue.allCases)
    func `an answer comes in pieces and is kept, and its end is heard by the worker`(queue: Queue) async throws {
        try await withQueue(queue) { model, api, worker, client in
            try await ChatReplica.run(api) { replica in
                try await ChatReplica.run(worker, Self.role) { _ in
                    let listener = try await ChatReplicaTests.listener("one pause 20", replica, client) { listener in
                        if listener.text == RepeatingModel.answer(to: "one pause 20").prefix(20).joined() {
                            model.open()
                        }
                    }
                    #expect(listener.isDone && listener.error == nil)
                    #expect(listener.text == RepeatingModel.answer(to: "one pause 20").joined())
                    #expect(model.callCount == 1)
                    let history = try await client.get("\(replica.url)/api/chats/\(listener.conversation)")
                    let messages = history["messages"]?.array ?? []
                    #expect(messages.compactMap { $0["content"]?.string } == ["one pause 20", listener.text])
                    #expect(history["generation"] == .null)
                }
            }
        }
    }

    @Test(arguments: Queue.allCases)
    func `who cancels, and who goes away, ends the call that the worker has made`(queue: Queue) async throws {
        try await withQueue(queue) { model, api, worker, client in
            try await ChatReplica.run(api) { replica in
                try await ChatReplica.run(worker, Self.role) { _ in
                    let heard = Arrivals()
                    let id = Shared("")
                    async let cancelled = ChatReplicaTests.listener("a pause 20", replica, client) { listener in
                        if listener.text.isEmpty { return }
                        id.withLock { $0 = listener.generation }
                        heard.note(0)
                    }
                    try await eventually { heard.count == 1 }
                    let url = "\(replica.url)/api/chat/\(id.withLock { $0 })/cancel"
                    #expect(try await post(url, "{}", token: nil).status == 202)
                    try await model.calls(of: "a pause 20").first?.callerLeaves()
                    #expect(try await cancelled.error == "stopped")

                    try? await ChatListener.withClient { client in
                        _ = try await ChatReplicaTests.listener("b pause 20", replica, client) { listener in
                            if !listener.text.isEmpty { throw CancellationError() }
                        }
                    }
                    try await model.calls(of: "b pause 20").first?.callerLeaves()
                }
            }
        }
    }

    @Test(arguments: Queue.allCases, ChatReplicaTests.Ending.allCases)
    func `an answer goes on when its worker ends`(queue: Queue, ending: ChatReplicaTests.Ending) async throws {
        try await withQueue(queue) { model, api, worker, client in
            try await ChatReplica.run(api) { replica in
                var listener = ChatListener()
                try await ChatReplica.run(worker, Self.role) { victim in
                    let enough = RepeatingModel.answer(to: "one pause 20").prefix(15).joined().utf8.count
                    let hasEnded = Shared(false)
                    try await listener.ask("one pause 20", replica, client) { listener in
                        guard listener.text.utf8.count >= enough else { return }
                        let isFirst = hasEnded.withLock { hasEnded in
                            defer { hasEnded = true }
                            return !hasEnded
                        }
                        if isFirst { try ending.happen(to: victim) }
                    }
                }
                #expect(listener.isDone && listener.error == nil)
                #expect(listener.text == RepeatingModel.answer(to: "one pause 20").joined())
            }
        }
    }

    static let role = ["--role", "worker"]

    /// Runs what an API and its workers need, and gives the settings of both.
    private func withQueue(
        _ queue: Queue,
        _ body:
            @escaping @Sendable (RepeatingModel, [String: String], [String: String], HTTPClient) async throws -> Void
    ) async throws {
        try await withSystem { model, settings, client in
            let api = settings.merging(["GENERATE_IN": "worker"]) { $1 }
            switch queue {
            case .redis:
                let broker = ["BROKER_URL": settings["REDIS_URL"] ?? ""]
                try await body(model, api.merging(broker) { $1 }, settings.merging(broker) { $1 }, client)
            case .serviceBus:
                let broker = try KilledBroker(queues: ["generations", "answers", "dead"])
                defer { try? FileManager.default.removeItem(atPath: broker.folder) }
                let bus = ["SERVICEBUS_CONNECTION": broker.connection]
                let sending = api.merging(bus) { $1 }.merging(["SERVICEBUS_QUEUE": "generations"]) { $1 }
                let taking = settings.merging(bus) { $1 }.merging([
                    "GENERATION_QUEUE": "generations", "SERVICEBUS_QUEUE": "answers", "DEAD_LETTER_QUEUE": "dead",
                ]) { $1 }
                let isOver = Shared(false)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await broker.run { isOver.withLock { $0 } } }
                    try await eventually { await broker.isHealthy }
                    let result: Result<Void, any Error>
                    do {
                        result = .success(try await body(model, sending, taking, client))
                    } catch {
                        result = .failure(error)
                    }
                    isOver.withLock { $0 = true }
                    try await group.waitForAll()
                    try result.get()
                }
            }
        }
    }
}

extension HTTPClient {
    fileprivate func get(_ url: String) async throws -> JSON {
        let response = try await execute(HTTPClientRequest(url: url), timeout: .seconds(30))
        return try JSON(parsing: String(buffer: try await response.body.collect(upTo: 1 << 20)))
    }
}

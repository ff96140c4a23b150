import Messaging
import Redis
import RedisServer
import Testing
import TestNetwork

/// What only a queue in Redis has; the rest is in the conformance suite.
@Suite(.timeLimit(.minutes(1)), .enabled(if: RedisServer.isExpected, RedisServer.missing)) struct RedisQueueTests {
    @Test func `what was answered survives a sudden end, locks and schedules included`() async throws {
        try await RedisServer.withFolder { folder in
            let port = try await FreePort.find()
            try await RedisClient.run(RedisAddress(host: "127.0.0.1", port: port)) { client in
                let queue = RedisQueue("jobs", client: client, rules: .init(deduplication: .seconds(600)))
                let lock = try await RedisServer.run(in: folder, on: port) { server in
                    while (try? await client.send(RedisCommand("PING"))) == nil { await Task.yield() }
                    try await queue.send(["a", "b", "c"].map { OutgoingMessage(id: $0, body: Array($0.utf8)) })
                    let lock = try #require(try await queue.receive(waitingAtMost: .zero)).lock
                    try server.kill()
                    return lock
                }
                try await RedisServer.run(in: folder, on: port) { _ in
                    while (try? await client.send(RedisCommand("PING"))) == nil { await Task.yield() }
                    try await queue.send([OutgoingMessage(id: "a", body: [])])
                    try await queue.complete(lock)
                    for id in ["b", "c"] {
                        let message = try #require(try await queue.receive(waitingAtMost: .zero))
                        #expect(message.id == id)
                        #expect(message.deliveryCount == 1)
                        try await queue.complete(message.lock)
                    }
                    #expect(try await queue.receive(waitingAtMost: .zero) == nil)
                }
            }
        }
    }

    @Test func `a lock ends by the server's clock, and whoever waits gets the message then`() async throws {
        try await withClient { client in
            let queue = RedisQueue("jobs", client: client, rules: .init(lock: .milliseconds(100)))
            try await queue.send([OutgoingMessage(id: "a", body: [])])
            _ = try await queue.receive(waitingAtMost: .zero)
            #expect(try await queue.receive(waitingAtMost: .seconds(30))?.deliveryCount == 2)
        }
    }

    @Test func `whoever waits is woken by what another process gives back`() async throws {
        try await RedisServer.run { server in
            try await RedisClient.run(server.address) { client in
                let one = RedisQueue("jobs", client: client)
                try await one.send([OutgoingMessage(id: "a", body: [])])
                let lock = try #require(try await one.receive(waitingAtMost: .zero)).lock
                try await RedisClient.run(server.address) { other in
                    async let message = RedisQueue("jobs", client: other).receive(waitingAtMost: .seconds(50))
                    while try await client.send(RedisCommand("INFO", "clients")).text?
                        .contains("blocked_clients:1") != true
                    { await Task.yield() }
                    try await one.abandon(lock)
                    #expect(try await message?.deliveryCount == 2)
                }
            }
        }
    }

    @Test func `a rejected message is a dead letter with its reason, and stays one`() async throws {
        try await withClient { client in
            let queue = RedisQueue("jobs", client: client, deadLetters: "dead")
            try await queue.send([
                OutgoingMessage(id: "a", body: [0xFF], properties: ["DeadLetterReason": "old", "x": "y"])
            ])
            let lock = try #require(try await queue.receive(waitingAtMost: .zero)).lock
            try await queue.deadLetter(lock, RejectedMessage(reason: "NoJob", description: "ünfit"))
            await #expect(throws: MessagingError.lockLost) { try await queue.complete(lock) }
            let letter = try #require(
                try await RedisQueue("dead", client: client).receive(waitingAtMost: .zero)
            )
            #expect(letter.body == [0xFF])
            #expect(
                letter.properties
                    == ["DeadLetterReason": "NoJob", "DeadLetterErrorDescription": "ünfit", "x": "y"]
            )
            // Nothing of it is left.
            #expect(try await client.send(RedisCommand("XLEN", "{queues}:jobs:stream")).integer == 0)
            #expect(try await client.send(RedisCommand("ZCARD", "{queues}:jobs:locks")).integer == 0)
        }
    }

    @Test func `a full queue takes nothing until something is completed`() async throws {
        try await withClient { client in
            let queue = RedisQueue("jobs", client: client, rules: .init(capacity: 2))
            try await queue.send([OutgoingMessage(id: "a", body: []), OutgoingMessage(id: "b", body: [])])
            await #expect(throws: MessagingError.tooLarge) {
                try await queue.send([OutgoingMessage(id: "c", body: [])])
            }
            try await queue.complete(try #require(try await queue.receive(waitingAtMost: .zero)).lock)
            try await queue.send([OutgoingMessage(id: "c", body: [])])
        }
    }

    @Test func `consumers that are gone are forgotten, but not while they hold something`() async throws {
        try await withClient { client in
            for consumer in ["idle", "holding"] {
                let queue = RedisQueue("jobs", client: client, consumer: consumer)
                try await queue.send([OutgoingMessage(id: consumer, body: [])])
                let message = try #require(try await queue.receive(waitingAtMost: .zero))
                if consumer == "idle" { try await queue.complete(message.lock) }
            }
            let rules = RedisQueue.Rules(consumerLifetime: .zero)
            _ = try await RedisQueue("jobs", client: client, rules: rules, consumer: "new").receive(
                waitingAtMost: .zero
            )
            let consumers = try await client.send(RedisCommand("XINFO", "CONSUMERS", "{queues}:jobs:stream", "workers"))
            let names = consumers.array?.compactMap { $0.fields["name"]?.text } ?? []
            #expect(names.contains("holding"))
            #expect(!names.contains("idle"))
        }
    }

    @Test func `what operators have removed or broken by hand stops nobody`() async throws {
        try await withClient { client in
            let queue = RedisQueue("jobs", client: client)
            try await queue.send(["a", "b", "c"].map { OutgoingMessage(id: $0, body: []) })
            let first = try #require(try await queue.receive(waitingAtMost: .zero))
            try await queue.abandon(first.lock)
            let entry = first.lock.token.prefix { $0 != "/" }
            _ = try await client.send(RedisCommand("XDEL", "{queues}:jobs:stream", .init(String(entry))))
            #expect(try await queue.receive(waitingAtMost: .zero)?.id == "b")
            _ = try await client.send(RedisCommand("DEL", "{queues}:jobs:stream"))
            #expect(try await queue.receive(waitingAtMost: .zero) == nil)
            try await queue.send([OutgoingMessage(id: "d", body: [])])
            #expect(try await queue.receive(waitingAtMost: .zero)?.id == "d")
        }
    }

    @Test func `a server that is not there is unavailable`() async throws {
        let port = try await FreePort.find()
        try await RedisClient.run(RedisAddress(host: "127.0.0.1", port: port)) { client in
            let error = await #expect(throws: MessagingError.self) {
                try await RedisQueue("jobs", client: client).send([OutgoingMessage(id: "a", body: [])])
            }
            guard case .unavailable = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    private func withClient(_ body: @Sendable (RedisClient) async throws -> Void) async throws {
        try await RedisServer.run { server in try await RedisClient.run(server.address, body) }
    }
}

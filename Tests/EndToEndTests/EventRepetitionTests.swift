import Foundation
import JSONText
import Synchronization
import TestInstruments
import NIOHTTP1
import Testing

/// Clients that send the same request again and again, because they cannot know whether it arrived.
@Suite(.timeLimit(.minutes(5))) struct EventRepetitionTests {
    private static let clients = 20
    private static let repeats = 50

    @Test(arguments: Thoroughness.isFull ? [1, 2, 3] : [1])
    func `a thousand repeats of a request come to one event, also when the service is killed meanwhile`(
        seed: Int
    ) async throws {
        try await Receiver.listening { receiver, url in
            try await LocalSystem.running(environment: ["NOTIFY_URL": url]) { system in
                let token = try await system.token(for: "ada")
                let calm = try await ids(of: "calm", key: "k1", system, token, killingAt: [])
                #expect(calm.count == 1)
                try await eventually { receiver.received["calm"] != nil }
                var random = SeededGenerator(seed: seed)
                let kills = (0..<2).map { _ in Int.random(in: 1..<Self.clients * Self.repeats, using: &random) }
                let wild = try await ids(of: "wild", key: "k2", system, token, killingAt: kills.sorted())
                #expect(wild.count == 1)
                _ = try await system.say("the last one", token: token)
                try await eventually(within: .seconds(60)) {
                    receiver.received["wild"] != nil && receiver.received["the last one"] != nil
                }
                // Nobody was killed over the first one, so that it was also delivered once.
                #expect(receiver.received["calm"] == 1)
                #expect(receiver.ids(of: "calm") == calm && receiver.ids(of: "wild") == wild)
            }
        }
    }

    /// The ids that clients are told who all send one event under one key.
    private func ids(
        of text: String,
        key: String,
        _ system: LocalSystem,
        _ token: String,
        killingAt kills: [Int]
    ) async throws -> Set<String> {
        let event = #"{"source":"t","type":"user.message","metadata":{"text":"\#(text)"}}"#
        let ids = Shared<Set<String>>([])
        let progress = Progress()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.clients {
                group.addTask {
                    for _ in 0..<Self.repeats {
                        try await eventually(within: .seconds(60)) {
                            let headers = [("Idempotency-Key", key)]
                            let answer = try? await system.request(
                                .POST,
                                "/api/events",
                                event,
                                token: token,
                                headers: headers
                            )
                            guard answer?.status == 202, let id = answer?.json?["id"]?.string else { return false }
                            ids.withLock { _ = $0.insert(id) }
                            return true
                        }
                        progress.advance()
                    }
                }
            }
            group.addTask {
                for kill in kills {
                    try await eventually(within: .seconds(60)) { progress.count >= kill }
                    if let id = try await system.processID(of: "functions") { Foundation.kill(id, SIGKILL) }
                }
            }
            try await group.waitForAll()
        }
        return ids.withLock { $0 }
    }

    @Test func `batches, schedules and posts are repeated without harm, and keys of one do not touch another`()
        async throws
    {
        try await Receiver.listening { receiver, url in
            try await LocalSystem.running(environment: ["NOTIFY_URL": url]) { system in
                let token = try await system.token(for: "ada")
                func repeated(_ path: String, _ body: String) async throws -> [JSON] {
                    try await withThrowingTaskGroup(of: JSON?.self) { group in
                        for _ in 0..<Self.clients {
                            group.addTask {
                                let key = [("Idempotency-Key", "k")]
                                return try await system.request(.POST, path, body, token: token, headers: key).json
                            }
                        }
                        return try await group.reduce(into: []) { answers, answer in answers += [answer ?? .null] }
                    }
                }
                let one = #"{"source":"t","type":"user.message","metadata":{"text":"one"}}"#
                let two = #"{"source":"t","type":"user.message","metadata":{"text":"two"}}"#
                let three = #"{"source":"t","type":"user.message","metadata":{"text":"three"}}"#
                let single = Set(try await repeated("/api/events", three).compactMap { $0["id"]?.string })
                let batches = Set(try await repeated("/api/events:batch", "[\(one),\(two)]"))
                #expect(single.count == 1 && batches.count == 1)
                let pair = batches.first?["results"]?.array?.compactMap { $0["id"]?.string } ?? []
                #expect(Set(pair).union(single).count == 3)

                let schedule = #"{"event":{"source":"t","type":"a"},"cron":"0 0 1 1 *"}"#
                #expect(Set(try await repeated("/api/schedule", schedule).map { $0["id"] }).count == 1)
                let schedules = try await system.request(.GET, "/api/schedule", token: token).json
                #expect(schedules?["schedules"]?.array?.count == 1)

                let post = #"{"title":"a","content":"b"}"#
                #expect(Set(try await repeated("/api/posts", post).map { $0["id"] }).count == 1)
                let posts = try await system.request(.GET, "/api/posts", token: token).json
                #expect(posts?["posts"]?.array?.count == 1)
                let other = try await repeated("/api/posts", #"{"title":"another","content":"b"}"#)
                #expect(Set(other.map { $0["error"]?["code"]?.string }) == ["idempotency_key_reused"])

                try await eventually { receiver.received.count == 3 }
                _ = try await system.say("the last one", token: token)
                try await eventually { receiver.received["the last one"] != nil }
                #expect(receiver.received.values.allSatisfy { $0 == 1 })
                #expect(receiver.ids(of: "one").union(receiver.ids(of: "two")) == Set(pair))
            }
        }
    }
}

extension Receiver {
    /// The ids of the events that carried a text.
    func ids(of text: String) -> Set<String> {
        Set(delivered.filter { $0["text"]?.string == text }.compactMap { $0["event"]?["id"]?.string })
    }
}

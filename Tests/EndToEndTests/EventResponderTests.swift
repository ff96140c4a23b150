import FakeUpstream
import Foundation
import JSONText
import TestInstruments
import NIOHTTP1
import Testing

/// A responder that is killed when the model has answered and nobody knows of it yet.
///
/// What is promised: however often the model is asked, one answer of it becomes an event. That event is delivered to
/// NOTIFY_URL at least once, always under the same id, for nobody can tell whether an address took what it did not
/// confirm.
@Suite(.timeLimit(.minutes(5))) struct EventResponderTests {
    private static let requests = 8

    @Test(arguments: Thoroughness.isFull ? [1, 2, 3, 4, 5] : [1])
    func `each request has one answer, whichever moment the responder is killed at`(seed: Int) async throws {
        let broker = try KilledBroker(queues: ["events,lock=2,deduplication=600", "events-dead"])
        defer { try? FileManager.default.removeItem(atPath: broker.folder) }
        let isOver = Shared(false)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await broker.run { isOver.withLock { $0 } } }
            defer { isOver.withLock { $0 = true } }
            try await eventually { await broker.isHealthy }
            try await answering(seed: seed, broker)
        }
    }

    private func answering(seed: Int, _ broker: KilledBroker) async throws {
        try await FakeUpstream.run { model in
            try await Receiver.listening { receiver, url in
                let environment = [
                    "NOTIFY_URL": url, "OPENAI_BASE_URL": model.baseURL, "OPENAI_API_KEY": "k",
                    "SERVICEBUS_CONNECTION": broker.connection,
                ]
                try await LocalSystem.running(environment: environment) { system in
                    let ids = try await ask(system)
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask { try await answer(model, system, seed: seed) }
                        try await eventually(within: .seconds(120)) {
                            Set(receiver.delivered.compactMap { $0["event"]?["correlationID"]?.string }) == ids
                        }
                        // A second answer to anything would have come by the time that one asked later has come.
                        let last = try await ask(system, count: 1)
                        try await eventually(within: .seconds(120)) {
                            last.isSubset(
                                of: receiver.delivered.compactMap { $0["event"]?["correlationID"]?.string }
                            )
                        }
                        group.cancelAll()
                    }
                    let answers = Dictionary(grouping: receiver.delivered) { $0["event"]?["correlationID"]?.string }
                    #expect(answers.count == ids.count + 1)
                    let services = try await system.status()["services"]?.array ?? []
                    #expect(services.contains { ($0["restarts"]?.integer ?? 0) > 0 })
                    for (request, deliveries) in answers {
                        #expect(Set(deliveries.map { $0["event"]?["id"]?.string }).count == 1, "\(request ?? "")")
                        #expect(Set(deliveries.map { $0["text"]?.string }).count == 1, "\(request ?? "")")
                    }
                }
            }
        }
    }

    private func ask(_ system: LocalSystem, count: Int = requests) async throws -> Set<String> {
        let token = try await system.token(for: "ada")
        let chat = #"{"source":"t","type":"llm.chat","metadata":{"messages":[{"role":"user","content":"Hi"}]}}"#
        var ids: Set<String> = []
        for _ in 0..<count {
            let answer = try await system.request(.POST, "/api/events", chat, token: token)
            ids.insert(try #require(answer.json?["id"]?.string))
        }
        return ids
    }

    /// Answers each call in words of its own, and kills the responder at moments around the ends of some answers.
    private func answer(_ model: FakeUpstream, _ system: LocalSystem, seed: Int) async throws {
        var random = SeededGenerator(seed: seed)
        var kills = Set((1...Self.requests).shuffled(using: &random).prefix(3))
        for number in 1... {
            let call = try await model.nextCall()
            let isFatal = kills.remove(number) != nil
            let isEarly = Bool.random(using: &random)
            // Who asked may be dead already.
            _ = try? await {
                try await call.begin()
                try await call.send(text: "answer \(number)")
                if isFatal && isEarly { try await kill(system) }
                try await call.finish()
            }()
            if isFatal && !isEarly { try await kill(system) }
        }
    }

    private func kill(_ system: LocalSystem) async throws {
        if let id = try await system.processID(of: "functions") { Foundation.kill(id, SIGKILL) }
    }
}

import Logging
import Messaging
import ServiceLifecycle
import Synchronization
import TestInstruments
import Testing

/// A broker that holds every request until the test lets it go.
private final class HeldSender: MessageSender {
    struct Request: Sendable {
        let ids: [String]
        let answer: CheckedContinuation<Void, any Error>
    }

    let requests: AsyncStream<Request>
    private let arrived: AsyncStream<Request>.Continuation

    init() {
        (requests, arrived) = AsyncStream.makeStream()
    }

    func send(_ messages: [OutgoingMessage]) async throws {
        try await withCheckedThrowingContinuation { answer in
            _ = arrived.yield(Request(ids: messages.map(\.id), answer: answer))
        }
    }
}

/// A broker that fails now and then, and remembers all that it took.
private final class FaultySender: MessageSender {
    struct State {
        var random: SeededGenerator
        var taken: [String] = []
    }

    let rate: Int
    let state: Mutex<State>

    init(seed: Int, rate: Int) {
        self.rate = rate
        self.state = Mutex(State(random: SeededGenerator(seed: seed)))
    }

    func send(_ messages: [OutgoingMessage]) async throws {
        await Task.yield()
        try state.withLock { state in
            let dice = Int.random(in: 0..<100, using: &state.random)
            // What is refused as a whole has not been taken, whatever the reason.
            if dice < rate { throw MessagingError.unavailable(reason: "away") }
            if messages.contains(where: { $0.id.hasPrefix("bad") }) {
                throw MessagingError.invalidMessage(reason: "bad")
            }
            if messages.count > 20 { throw MessagingError.tooLarge }
            state.taken += messages.map(\.id)
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct BatchingSenderTests {
    /// Runs a sender for as long as the body; stops it gracefully where that is asked for.
    private func run(
        _ sender: BatchingSender,
        _ body: @Sendable (_ stop: @Sendable () async -> Void) async throws -> Void
    ) async throws {
        let silent = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: sender, successTerminationBehavior: .gracefullyShutdownGroup)],
                logger: silent
            )
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await body { await group.triggerGracefulShutdown() }
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test func `one call alone goes alone, and what comes meanwhile goes together`() async throws {
        let held = HeldSender()
        let sender = BatchingSender(to: held, limits: .init(requests: 1))
        try await run(sender) { _ in
            var requests = held.requests.makeAsyncIterator()
            try await withThrowingTaskGroup(of: Void.self) { callers in
                callers.addTask { try await sender.send([OutgoingMessage(id: "first", body: [])]) }
                let first = await requests.next()
                #expect(first?.ids == ["first"])
                for id in 0..<3 {
                    callers.addTask { try await sender.send([OutgoingMessage(id: "\(id)", body: [])]) }
                }
                while sender.waiting < 3 { await Task.yield() }
                first?.answer.resume()
                let second = await requests.next()
                #expect(second?.ids.sorted() == ["0", "1", "2"])
                second?.answer.resume()
                try await callers.waitForAll()
            }
        }
    }

    @Test func `a caller that goes takes nobody along`() async throws {
        let held = HeldSender()
        let sender = BatchingSender(to: held, limits: .init(requests: 1))
        try await run(sender) { _ in
            var requests = held.requests.makeAsyncIterator()
            try await withThrowingTaskGroup(of: Bool.self) { stay in
                await withTaskGroup(of: Void.self) { leave in
                    leave.addTask {
                        await #expect(throws: CancellationError.self) {
                            try await sender.send([OutgoingMessage(id: "gone", body: [])])
                        }
                    }
                    let first = await requests.next()
                    #expect(first?.ids == ["gone"])
                    for id in ["a", "b"] {
                        stay.addTask {
                            try await sender.send([OutgoingMessage(id: id, body: [])])
                            return true
                        }
                    }
                    leave.addTask { try? await sender.send([OutgoingMessage(id: "queued and gone", body: [])]) }
                    while sender.waiting < 3 { await Task.yield() }
                    leave.cancelAll()
                    await leave.waitForAll()
                    first?.answer.resume()
                }
                let second = await requests.next()
                #expect(second?.ids.sorted() == ["a", "b"])
                second?.answer.resume()
                for try await isDone in stay { #expect(isDone) }
            }
        }
    }

    @Test func `a message that the broker refuses fails nobody else's`() async throws {
        let faulty = FaultySender(seed: 0, rate: 0)
        let sender = BatchingSender(to: faulty, limits: .init(requests: 1))
        try await run(sender) { _ in
            let results = await withTaskGroup(of: (String, MessagingError?).self) { callers in
                for number in 0..<60 {
                    let id = number.isMultiple(of: 13) ? "bad-\(number)" : "\(number)"
                    callers.addTask {
                        do {
                            try await sender.send([OutgoingMessage(id: id, body: [])])
                            return (id, nil)
                        } catch {
                            return (id, error as? MessagingError)
                        }
                    }
                }
                return await callers.reduce(into: [:]) { $0[$1.0] = .some($1.1) }
            }
            #expect(results.count == 60)
            for (id, error) in results {
                #expect((error == nil) == !id.hasPrefix("bad"))
                if let error { #expect(error == .invalidMessage(reason: "bad")) }
            }
        }
        #expect(faulty.state.withLock { Set($0.taken).count } == 55)
        #expect(faulty.state.withLock { $0.taken.count } == 55)
    }

    @Test(arguments: 0..<20)
    func `whatever fails, what is acknowledged was taken, and nothing is taken twice`(seed: Int) async throws {
        let faulty = FaultySender(seed: seed, rate: seed)
        let sender = BatchingSender(to: faulty, limits: .init(requests: 3, batchMessages: 50, queuedMessages: 400))
        let acknowledged = Shared<Set<String>>([])
        try await run(sender) { _ in
            await withDiscardingTaskGroup { callers in
                for number in 0..<500 {
                    let ids =
                        number.isMultiple(of: 7)
                        ? ["\(number)-a", "\(number)-b"] : [number % 50 == 3 ? "bad-\(number)" : "\(number)"]
                    callers.addTask {
                        let messages = ids.map { OutgoingMessage(id: $0, body: []) }
                        guard (try? await sender.send(messages)) != nil else { return }
                        acknowledged.withLock { $0.formUnion(ids) }
                    }
                    if number.isMultiple(of: 97) { await Task.yield() }
                }
            }
        }
        let taken = faulty.state.withLock { $0.taken }
        #expect(Set(taken).count == taken.count)
        #expect(acknowledged.withLock { $0 } == Set(taken))
    }

    @Test func `what is in hand at shutdown is sent, and what comes later is refused`() async throws {
        let held = HeldSender()
        let sender = BatchingSender(to: held, limits: .init(requests: 1))
        try await run(sender) { stop in
            var requests = held.requests.makeAsyncIterator()
            try await withThrowingTaskGroup(of: Void.self) { callers in
                callers.addTask { try await sender.send([OutgoingMessage(id: "first", body: [])]) }
                let first = await requests.next()
                callers.addTask { try await sender.send([OutgoingMessage(id: "second", body: [])]) }
                while sender.waiting < 1 { await Task.yield() }
                await stop()
                while !sender.isClosing { await Task.yield() }
                await #expect(throws: MessagingError.self) {
                    try await sender.send([OutgoingMessage(id: "late", body: [])])
                }
                first?.answer.resume()
                let second = await requests.next()
                #expect(second?.ids == ["second"])
                second?.answer.resume()
                try await callers.waitForAll()
            }
        }
    }

    @Test func `what is malformed is refused before it joins others`() async throws {
        let sender = BatchingSender(to: FaultySender(seed: 0, rate: 0))
        await #expect(throws: MessagingError.self) { try await sender.send([OutgoingMessage(id: "", body: [])]) }
        try await sender.send([])
    }
}

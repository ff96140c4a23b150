import Engine
import Synchronization
import TestInstruments
import Testing

struct ExecutorTests {
    private struct Broken: Error {}

    /// What happened, in order.
    private final class Journal: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    private func executor(
        _ journal: Journal,
        perform: @escaping @Sendable (String) async throws -> Void
    ) -> Executor<String, ContinuousClock> {
        Executor(
            report: { event in
                switch event {
                case .started(let id): journal.add("start \(id)")
                case .succeeded(let id, _): journal.add("end \(id)")
                case .failed(let id, _, _): journal.add("fail \(id)")
                case .skipped(let id, let culprit): journal.add("skip \(id) for \(culprit)")
                }
            },
            perform: perform
        )
    }

    @Test func `a chain runs in order, and its end is told`() async {
        let journal = Journal()
        let outcome = await executor(journal) { _ in }
            .run([.init("c", after: ["b"]), .init("b", after: ["a"]), .init("a")])
        #expect(journal.all == ["start a", "end a", "start b", "end b", "start c", "end c"])
        #expect(outcome.succeeded == ["a", "b", "c"] && outcome.untouched.isEmpty)
    }

    @Test func `steps that do not wait for each other run at the same time`() async {
        let journal = Journal()
        let both = AsyncStream.makeStream(of: Void.self)
        // Each step ends only once the other has begun, so one after the other would never end.
        let begun = Mutex(0)
        let outcome = await executor(journal) { _ in
            if begun.withLock({ count in
                count += 1; return count
            }) == 2 {
                both.continuation.finish()
            }
            for await _ in both.stream {}
        }.run([.init("a"), .init("b")])
        #expect(outcome.succeeded == ["a", "b"])
    }

    @Test func `a failure skips its followers and nothing else`() async {
        let journal = Journal()
        let outcome = await executor(journal) { if $0 == "a" { throw Broken() } }
            .run([.init("a"), .init("b", after: ["a"]), .init("c")])
        #expect(outcome.failed == ["a"] && outcome.skipped == ["b"] && outcome.succeeded == ["c"])
        #expect(journal.all.contains("skip b for a"))
    }

    @Test func `cancelled, it starts nothing new and leaves the rest untouched`() async throws {
        let journal = Journal()
        let outcome = await withTaskGroup(of: Executor<String, ContinuousClock>.Outcome.self) { group in
            let started = AsyncStream.makeStream(of: Void.self)
            group.addTask {
                await executor(journal) { _ in
                    started.continuation.finish()
                    try await ContinuousClock().sleep(for: .seconds(3600))
                }.run([.init("a"), .init("b", lane: "l"), .init("c", after: ["b"])])
            }
            for await _ in started.stream {}
            group.cancelAll()
            return await group.next()
        }
        let ended = try #require(outcome)
        #expect(ended.succeeded.isEmpty && !ended.failed.isEmpty)
        #expect(!journal.all.contains("start c"))
        #expect(ended.failed.union(ended.skipped).union(ended.untouched) == ["a", "b", "c"])
    }
}

import Foundation
import GRDB
import Testing
import TestInstruments

@testable import ServiceBusEmulator

@Suite(.timeLimit(.minutes(1))) struct DurabilityTests {
    private let configuration = BrokerConfiguration(
        queues: [.init("jobs", lockSeconds: 60, deduplicationSeconds: 600), .init("other")]
    )

    /// Runs a broker and leaves its files as a process would that was killed: nothing is closed or moved.
    private func crashing(
        _ directory: String,
        _ clock: TestClock,
        _ body: (BrokerHarness) async throws -> Void
    ) async throws -> BrokerDatabase {
        let broker = Broker(configuration, now: { clock.date }, clock: clock)
        let database = try BrokerDatabase(directory: directory, entities: broker.entities)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await broker.run(in: database, logger: silentLogger) }
            try await body(BrokerHarness(broker: broker, clock: clock))
            group.cancelAll()
        }
        return database
    }

    @Test func `what was answered is there after a crash`() async throws {
        try await withDirectory { directory in
            let clock = TestClock()
            let crashed = try await crashing(directory, clock) { broker in
                try await broker.send("done", "locked", "free")
                try await broker.send("scheduled", scheduledIn: 100)
                let done = try #require(try await broker.take())
                try await broker.broker.complete(done.lock, in: "jobs")
                #expect(try await broker.take()?.id == "locked")
            }
            // Only a copy of the files, log included, is what a new process finds.
            let copy = directory + "-copy"
            try FileManager.default.copyItem(atPath: directory, toPath: copy)
            defer { try? FileManager.default.removeItem(atPath: copy) }
            try await withBroker(configuration, in: copy, clock: clock) { broker in
                #expect(try await broker.drain("jobs") == ["free"])
                // The ids are remembered as well.
                try await broker.send("done", "free", "scheduled")
                #expect(try await broker.drain("jobs") == [])
                clock.advance(by: .seconds(60))
                let again = try #require(try await broker.take())
                #expect(again.id == "locked")
                #expect(again.deliveryCount == 2)
                clock.advance(by: .seconds(40))
                #expect(try await broker.drain("jobs").contains("scheduled"))
            }
            crashed.close(logger: silentLogger)
        }
    }

    @Test func `a lock of before is good after the restart`() async throws {
        try await withDirectory { directory in
            let clock = TestClock()
            var lock: LockReference?
            let crashed = try await crashing(directory, clock) { broker in
                try await broker.send("a")
                lock = try await broker.take()?.lock
            }
            crashed.close(logger: silentLogger)
            let held = try #require(lock)
            try await withBroker(configuration, in: directory, clock: clock) { broker in
                try await broker.broker.renew(held, in: "jobs")
                await #expect(throws: BrokerError.lockLost) { try await broker.broker.complete(held, in: "other") }
                try await broker.broker.complete(held, in: "jobs")
            }
        }
    }

    @Test(arguments: [BrokerConfiguration(queues: [.init("jobs")]), BrokerConfiguration(topics: [.init("other")])])
    func `a queue that is declared no more keeps its messages until it is again`(
        without: BrokerConfiguration
    ) async throws {
        try await withDirectory { directory in
            let clock = TestClock()
            try await withBroker(configuration, in: directory, clock: clock) { broker in
                try await broker.send("a", "b", to: "other", timeToLive: 10)
                try await broker.send("later", to: "other", scheduledIn: 500)
                _ = try await broker.take("other")
            }
            clock.advance(by: .seconds(1000))
            // What sleeps must not keep the broker busy.
            let database = try BrokerDatabase(directory: directory, entities: Entities(without))
            let due = try await database.write { try MessageStore(db: $0).nextDue() }
            #expect(due == nil)
            database.close(logger: silentLogger)
            try await withBroker(configuration, in: directory, clock: clock) { broker in
                let (free, dead) = (try await broker.drain("other"), try await broker.drain("other/$deadletterqueue"))
                #expect(free == ["later"])
                #expect(Set(dead) == ["a", "b"])
            }
        }
    }

    @Test func `a commit is on disk before it is told`() async throws {
        try await withDirectory { directory in
            let database = try BrokerDatabase(directory: directory, entities: Entities(configuration))
            let (journal, synchronous) = try await database.write { db in
                (
                    try String.fetchOne(db, sql: "PRAGMA journal_mode"),
                    try Int.fetchOne(db, sql: "PRAGMA synchronous")
                )
            }
            #expect(journal == "wal")
            // 2 is FULL.
            #expect(synchronous == 2)
            database.close(logger: silentLogger)
        }
    }

    @Test func `after an orderly end there is nothing but the file`() async throws {
        try await withDirectory { directory in
            try await withBroker(configuration, in: directory, clock: TestClock()) { try await $0.send("a") }
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["broker.sqlite"])
        }
    }
}

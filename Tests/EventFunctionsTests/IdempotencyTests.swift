import Azure
import AzureSimulator
import Contracts
import Foundation
import GRDB
import SimulatedData
import SQLiteStores
import TestInstruments
import Testing

@testable import EventFunctions

/// What every store of remembered requests promises, tried on each.
@Suite struct IdempotencyTests {
    enum Kind: CaseIterable { case sqlite, tables }

    static func withStore(
        _ kind: Kind,
        faults: FaultRates = .none,
        seed: UInt64 = 1,
        _ test: @escaping @Sendable (any IdempotencyStore, InstantClock) async throws -> Void
    ) async throws {
        switch kind {
        case .sqlite:
            try await withFolder { folder in
                let clock = InstantClock()
                try await test(SQLiteIdempotencyStore(folder: folder, now: { clock.date }), clock)
            }
        case .tables:
            try await SimulatedData.run(faults: faults, seed: seed, tables: [EventSettings.idempotencyTable]) { data in
                let table = try #require(data.table(EventSettings.idempotencyTable))
                let clock = data.clock
                try await test(TableIdempotencyStore(table, now: { clock.date }), clock)
            }
        }
    }

    static func withFolder(_ test: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/events-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await test(folder)
    }

    static func request(
        _ key: String = "k",
        user: String = "ada",
        asking fingerprint: String = "f",
        candidate: String = "1"
    ) -> IdempotentRequest {
        IdempotentRequest(user: user, key: key, fingerprint: fingerprint, candidate: candidate)
    }

    @Test(arguments: Kind.allCases)
    func `a request is new once`(kind: Kind) async throws {
        try await Self.withStore(kind) { store, clock async throws in
            let end = clock.date + 60
            #expect(try await store.remember(Self.request(candidate: "1"), until: end) == .new)
            #expect(try await store.remember(Self.request(candidate: "2"), until: end) == .known("1"))
            #expect(try await store.remember(Self.request(asking: "g"), until: end) == .conflict("1"))
            #expect(try await store.remember(Self.request("l"), until: end) == .new)
            #expect(try await store.remember(Self.request(user: "grace"), until: end) == .new)
            // "ada" with "k", and not "adak" with nothing, or "ad" with "ak".
            #expect(try await store.remember(Self.request("ak", user: "ad"), until: end) == .new)
        }
    }

    @Test(arguments: Kind.allCases)
    func `a request is forgotten when its time is over`(kind: Kind) async throws {
        try await Self.withStore(kind) { store, clock async throws in
            #expect(try await store.remember(Self.request(candidate: "1"), until: clock.date + 60) == .new)
            clock.advance(by: .seconds(59))
            #expect(try await store.remember(Self.request(), until: clock.date + 60) == .known("1"))
            clock.advance(by: .seconds(1))
            let again = Self.request(asking: "g", candidate: "2")
            #expect(try await store.remember(again, until: clock.date + 60) == .new)
            #expect(try await store.remember(again, until: clock.date + 60) == .known("2"))
        }
    }

    @Test(arguments: Kind.allCases)
    func `a thousand equal requests at once have one id`(kind: Kind) async throws {
        try await Self.withStore(kind) { store, clock async throws in
            for round in 0..<2 {
                let end = clock.date + 60
                let outcomes = try await withThrowingTaskGroup(of: (String, IdempotencyOutcome).self) { group in
                    for number in 0..<1000 {
                        group.addTask {
                            let candidate = "\(round)-\(number)"
                            return (candidate, try await store.remember(Self.request(candidate: candidate), until: end))
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                let new = outcomes.filter { $0.1 == .new }
                let first = try #require(new.first)
                #expect(new.count == 1)
                #expect(outcomes.count { $0.1 == .known(first.0) } == 999)
                // The second time, what is there is outdated, and one of them takes its place.
                clock.advance(by: .seconds(60))
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func `a sweep takes out what may be forgotten, and no more`(kind: Kind) async throws {
        try await Self.withStore(kind) { store, clock async throws in
            for number in 0..<40 {
                let life = number < 30 ? 10.0 : 100.0
                #expect(try await store.remember(Self.request("\(number)"), until: clock.date + life) == .new)
            }
            clock.advance(by: .seconds(50))
            try await store.sweep()
            #expect(try await Self.count(store) == 10)
            try await store.sweep()
            #expect(try await store.remember(Self.request("35"), until: clock.date + 60) == .known("1"))
        }
    }

    private static func count(_ store: any IdempotencyStore) async throws -> Int {
        if let store = store as? SQLiteIdempotencyStore { return try await store.count }
        let store = try #require(store as? TableIdempotencyStore)
        return try await store.table.query(nil).entities.count
    }

    @Test func `a request is remembered even when the task is cancelled`() async throws {
        try await Self.withStore(.sqlite) { store, clock async throws in
            await withTaskGroup(of: Void.self) { group in
                group.cancelAll()
                group.addTask { _ = try? await store.remember(Self.request(), until: clock.date + 60) }
            }
            #expect(try await store.remember(Self.request(), until: clock.date + 60) == .known("1"))
        }
    }

    @Test(arguments: 1...4)
    func `a request is new once, whatever goes wrong on the way`(seed: UInt64) async throws {
        var faults = FaultRates()
        faults.serverErrors = 0.1
        faults.dropsBefore = 0.05
        faults.dropsAfter = 0.15
        try await Self.withStore(.tables, faults: faults, seed: seed) { store, clock async throws in
            let end = clock.date + 24 * 3600
            for number in 0..<25 {
                let key = "\(number)"
                #expect(try await store.remember(Self.request(key, candidate: "a"), until: end) == .new)
                #expect(try await store.remember(Self.request(key, candidate: "b"), until: end) == .known("a"))
            }
        }
    }

    @Test func `what is remembered outlives the process`() async throws {
        try await Self.withFolder { folder in
            let end = Date() + 60
            #expect(try await SQLiteIdempotencyStore(folder: folder).remember(Self.request(), until: end) == .new)
            let reopened = try SQLiteIdempotencyStore(folder: folder)
            #expect(try await reopened.remember(Self.request(), until: end) == .known("1"))
        }
    }

    @Test func `a commit is on disk before it is told`() async throws {
        try await Self.withFolder { folder in
            let database = try SQLiteFile.open("t.sqlite", in: folder, DatabaseMigrator())
            let (journal, synchronous) = try await database.write { database in
                (
                    try String.fetchOne(database, sql: "PRAGMA journal_mode"),
                    try Int.fetchOne(database, sql: "PRAGMA synchronous")
                )
            }
            #expect(journal == "wal")
            // 2 is FULL.
            #expect(synchronous == 2)
        }
    }

    @Test func `those who write at the same time share a transaction, and its failure`() async throws {
        try await Self.withFolder { folder in
            let database = try SQLiteFile.open("t.sqlite", in: folder, DatabaseMigrator())
            try await database.write { try $0.execute(sql: "CREATE TABLE t (n INTEGER CHECK (n < 100))") }
            let transactions = Shared(0)
            database.add(transactionObserver: CommitCounter(count: transactions), extent: .databaseLifetime)
            let writes = GroupedWrites<Int, Int>(in: database) { number, database in
                try database.execute(sql: "INSERT INTO t VALUES (?)", arguments: [number])
                return number
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                // While this is held up, all others gather.
                let release = DispatchSemaphore(value: 0)
                database.asyncWriteWithoutTransaction { _ in release.wait() }
                for number in 0..<50 {
                    group.addTask {
                        let outcome = try await writes(number)
                        #expect(outcome == number)
                    }
                }
                while writes.waitingCount < 50 { await Task.yield() }
                release.signal()
                try await group.waitForAll()
            }
            #expect(transactions.withLock { $0 } == 1)
            await #expect(throws: DatabaseError.self) { try await writes.callAsFunction(100) }
            let last = try await writes(1)
            #expect(last == 1)
            let count = try await database.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM t") }
            #expect(count == 51)
        }
    }
}

private final class CommitCounter: TransactionObserver {
    let count: Shared<Int>

    init(count: Shared<Int>) { self.count = count }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseDidCommit(_ db: Database) { count.withLock { $0 += 1 } }
    func databaseDidRollback(_ db: Database) {}
}

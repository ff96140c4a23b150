import Contracts
import Events
import JSONText
import Scheduling
import SimulatedData
import Testing

@testable import EventFunctions

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What every store of schedules must do.
struct ScheduleStoreTests {
    enum Kind: CaseIterable, Sendable { case memory, sqlite, tables }

    @Test(arguments: Kind.allCases)
    func `a schedule comes back as it was kept`(kind: Kind) async throws {
        try await with(kind) { store in
            let once = try Schedule.sample("a", timing: .once(Date(timeIntervalSince1970: 1_800_000_000.25)))
            let cron = try Schedule.sample(
                "b",
                timing: .cron(try CronExpression("*/5 * * * MON"), zone: "Europe/Berlin"),
                metadata: #"{"z":1.0,"a":[1e400,12345678901234567890,null]}"#
            )
            for schedule in [once, cron] {
                let stored = try await store.insert(schedule, limit: 10)
                #expect(stored.schedule == schedule)
                #expect(try await store.schedule(schedule.id, of: "ada") == stored)
            }
            let event = try #require(try await store.schedule("b", of: "ada")).schedule.event
            #expect(event.json.text.hasSuffix(#""metadata":{"z":1.0,"a":[1e400,12345678901234567890,null]}}"#))
            #expect(try await store.schedule("a", of: "grace") == nil)
            #expect(try await store.schedule("c", of: "ada") == nil)
        }
    }

    @Test(arguments: Kind.allCases)
    func `an id is kept once and an owner has no more than the limit`(kind: Kind) async throws {
        try await with(kind) { store in
            _ = try await store.insert(try .sample("a"), limit: 2)
            _ = try await store.insert(try .sample("b"), limit: 2)
            await #expect(throws: ScheduleStoreError.exists) { try await store.insert(try .sample("a"), limit: 2) }
            await #expect(throws: ScheduleStoreError.full) { try await store.insert(try .sample("c"), limit: 2) }
            _ = try await store.insert(try .sample("a", owner: "grace"), limit: 2)
            #expect(try await store.delete("a", of: "ada"))
            _ = try await store.insert(try .sample("c"), limit: 2)
        }
    }

    @Test(arguments: Kind.allCases)
    func `only what was read is replaced or deleted`(kind: Kind) async throws {
        try await with(kind) { store in
            let first = try await store.insert(try .sample("a"), limit: 9)
            var changed = first.schedule
            changed.next += 60
            changed.isArmed = true
            let second = try await store.replace(first, with: changed)
            #expect(second.version != first.version)
            #expect(try await store.schedule("a", of: "ada") == second)
            await #expect(throws: ScheduleStoreError.changed) { try await store.replace(first, with: changed) }
            await #expect(throws: ScheduleStoreError.changed) { try await store.delete(first) }
            try await store.delete(second)
            #expect(try await store.schedule("a", of: "ada") == nil)
            await #expect(throws: ScheduleStoreError.changed) { try await store.replace(second, with: changed) }
            #expect(try await store.delete("a", of: "ada") == false)
            // Made anew, it is not what was there before.
            _ = try await store.insert(try .sample("a"), limit: 9)
            await #expect(throws: ScheduleStoreError.changed) { try await store.replace(first, with: changed) }
        }
    }

    @Test(arguments: Kind.allCases)
    func `an owner's schedules come in pages`(kind: Kind) async throws {
        try await with(kind) { store in
            for id in ["d", "b", "a", "e", "c"] { _ = try await store.insert(try .sample(id), limit: 9) }
            _ = try await store.insert(try .sample("x", owner: "grace"), limit: 9)
            var pages: [[String]] = []
            var continuation: String?
            repeat {
                let page = try await store.schedules(of: "ada", after: continuation, limit: 2)
                pages.append(page.schedules.map(\.schedule.id))
                continuation = page.continuation
            } while continuation != nil
            #expect(pages == [["a", "b"], ["c", "d"], ["e"]])
            let whole = try await store.schedules(of: "ada", after: nil, limit: 5)
            #expect(whole.continuation == nil)
            #expect(try await store.schedules(of: "nobody", after: nil, limit: 5).schedules.isEmpty)
        }
    }

    @Test(arguments: Kind.allCases)
    func `neglected schedules of all owners are found`(kind: Kind) async throws {
        try await with(kind) { store in
            let now = Schedule.start
            // (id, made, due, armed): the first three are neglected.
            let facts: [(String, TimeInterval, TimeInterval, Bool)] = [
                ("a", -1000, 5000, false), ("b", -9000, -5000, true), ("c", -9000, -5000, false),
                ("d", -1000, 5000, true), ("e", -10, 5000, false), ("f", -9000, -10, true),
            ]
            for (id, made, due, armed) in facts {
                var schedule = try Schedule.sample(id, owner: "owner \(id)", createdAt: now + made, next: now + due)
                schedule.isArmed = armed
                _ = try await store.insert(schedule, limit: 9)
            }
            let neglect = Neglect(unarmedAndCreatedBefore: now - 300, dueBefore: now - 1200)
            var found: [String] = []
            var continuation: String?
            repeat {
                let page = try await store.neglected(neglect, after: continuation, limit: 2)
                #expect(page.schedules.count <= 2)
                found += page.schedules.map(\.schedule.id)
                continuation = page.continuation
            } while continuation != nil
            #expect(found == ["a", "b", "c"])
        }
    }

    @Test func `a database that is opened again has what it had`() async throws {
        try await withFolder { folder in
            let stored = try await SQLiteScheduleStore(folder: folder).insert(try .sample("a"), limit: 1)
            #expect(try await SQLiteScheduleStore(folder: folder).schedule("a", of: "ada") == stored)
        }
    }

    private func with(
        _ kind: Kind,
        _ test: @escaping @Sendable (any ScheduleStore) async throws -> Void
    ) async throws {
        switch kind {
        case .memory: try await test(InMemoryScheduleStore())
        case .sqlite: try await withFolder { try await test(try SQLiteScheduleStore(folder: $0)) }
        case .tables:
            try await SimulatedData.run(tables: [EventSettings.scheduleTable]) { data in
                try await test(TableScheduleStore(try #require(data.table(EventSettings.scheduleTable))))
            }
        }
    }

    private func withFolder(_ test: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/schedules-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await test(folder)
    }
}

extension Schedule {
    /// 1 March 2026, 12:00 in UTC.
    static let start = Date(timeIntervalSince1970: 1_772_366_400)

    static func sample(
        _ id: String,
        owner: String = "ada",
        timing: Timing = .once(start),
        metadata: String = "{}",
        createdAt: Date = start,
        next: Date = start
    ) throws -> Schedule {
        let metadata = try JSON(parsing: Array(metadata.utf8)).members ?? []
        let event = Event(source: id, type: "tick", userID: owner, metadata: metadata)
        return Schedule(
            id: id,
            owner: owner,
            event: ScheduledEvent(event, isStamped: false),
            timing: timing,
            createdAt: createdAt,
            next: next
        )
    }
}

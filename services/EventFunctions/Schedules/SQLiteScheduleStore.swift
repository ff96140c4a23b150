import Events
import GRDB
import JSONText
import Scheduling
import SQLiteStores

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Schedules in a file that the `sqlite3` shell can read.
struct SQLiteScheduleStore: ScheduleStore {
    private let database: any DatabaseWriter

    /// Opens `schedules.sqlite` in a folder; in memory where this is `nil`.
    ///
    /// - Throws: When the folder cannot be made or the database cannot be opened.
    init(folder: String?) throws {
        database = try SQLiteFile.open("schedules.sqlite", in: folder, Self.migrator)
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("schedules") { database in
            try database.execute(
                sql: """
                    CREATE TABLE Schedule (
                        owner TEXT NOT NULL,
                        id TEXT NOT NULL,
                        event TEXT NOT NULL,
                        timestamp REAL,
                        cron TEXT,
                        timezone TEXT,
                        createdAt REAL NOT NULL,
                        next REAL NOT NULL,
                        isArmed INTEGER NOT NULL,
                        version INTEGER NOT NULL,
                        PRIMARY KEY (owner, id),
                        CHECK ((timestamp IS NULL) = (cron IS NOT NULL) AND (cron IS NULL) = (timezone IS NULL))
                    ) WITHOUT ROWID;
                    CREATE INDEX ScheduleByNext ON Schedule (next);
                    CREATE INDEX ScheduleUnarmed ON Schedule (createdAt) WHERE NOT isArmed;
                    """
            )
        }
        return migrator
    }

    func insert(_ schedule: Schedule, limit: Int) async throws -> StoredSchedule {
        // Not 1, so that one that is made anew under an id is not taken for what was there before.
        let version = Int.random(in: 1..<1 << 53)
        return try await write { database in
            let key: StatementArguments = [schedule.owner, schedule.id]
            let exists = "SELECT EXISTS (SELECT 1 FROM Schedule WHERE owner = ? AND id = ?)"
            if try Bool.fetchOne(database, sql: exists, arguments: key) == true { throw ScheduleStoreError.exists }
            let count = "SELECT COUNT(*) FROM Schedule WHERE owner = ?"
            guard try Int.fetchOne(database, sql: count, arguments: [schedule.owner]) ?? 0 < limit else {
                throw ScheduleStoreError.full
            }
            try database.execute(
                sql: """
                    INSERT INTO Schedule (owner, id, event, timestamp, cron, timezone, createdAt, next, isArmed, version)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: schedule.columns + [version]
            )
            return StoredSchedule(schedule: schedule, version: String(version))
        }
    }

    func schedule(_ id: String, of owner: String) async throws -> StoredSchedule? {
        try await database.read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT * FROM Schedule WHERE owner = ? AND id = ?",
                arguments: [owner, id]
            ).map(StoredSchedule.init)
        }
    }

    func schedules(of owner: String, after continuation: String?, limit: Int) async throws -> SchedulePage {
        try await database.read { database in
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT * FROM Schedule WHERE owner = ? AND id > ? ORDER BY id LIMIT ?",
                arguments: [owner, continuation ?? "", limit + 1]
            )
            let schedules = try rows.prefix(limit).map(StoredSchedule.init)
            return SchedulePage(
                schedules: schedules,
                continuation: rows.count > limit ? schedules.last?.schedule.id : nil
            )
        }
    }

    func replace(_ stored: StoredSchedule, with schedule: Schedule) async throws -> StoredSchedule {
        try await write { database in
            try database.execute(
                sql: """
                    UPDATE Schedule SET owner = ?, id = ?, event = ?, timestamp = ?, cron = ?, timezone = ?,
                        createdAt = ?, next = ?, isArmed = ?, version = version + 1
                    WHERE owner = ? AND id = ? AND version = ?
                    """,
                arguments: schedule.columns + stored.key
            )
            guard database.changesCount == 1, let version = Int(stored.version) else {
                throw ScheduleStoreError.changed
            }
            return StoredSchedule(schedule: schedule, version: String(version + 1))
        }
    }

    func delete(_ stored: StoredSchedule) async throws {
        try await write { database in
            let sql = "DELETE FROM Schedule WHERE owner = ? AND id = ? AND version = ?"
            try database.execute(sql: sql, arguments: stored.key)
            guard database.changesCount == 1 else { throw ScheduleStoreError.changed }
        }
    }

    func delete(_ id: String, of owner: String) async throws -> Bool {
        try await write { database in
            try database.execute(sql: "DELETE FROM Schedule WHERE owner = ? AND id = ?", arguments: [owner, id])
            return database.changesCount == 1
        }
    }

    func neglected(_ neglect: Neglect, after continuation: String?, limit: Int) async throws -> SchedulePage {
        let start = try continuation.map(Self.place) ?? ("", "")
        return try await database.read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM Schedule
                    WHERE (next < ? OR (NOT isArmed AND createdAt < ?)) AND (owner, id) > (?, ?)
                    ORDER BY owner, id LIMIT ?
                    """,
                arguments: [
                    neglect.dueBefore.timeIntervalSince1970, neglect.unarmedAndCreatedBefore.timeIntervalSince1970,
                    start.0, start.1, limit + 1,
                ]
            )
            let schedules = try rows.prefix(limit).map(StoredSchedule.init)
            let last = schedules.last?.schedule
            return SchedulePage(
                schedules: schedules,
                continuation: rows.count > limit
                    ? last.map { JSON.array([.string($0.owner), .string($0.id)]).text } : nil
            )
        }
    }

    private static func place(_ continuation: String) throws -> (String, String) {
        guard let words = try? JSON(parsing: Array(continuation.utf8)).array?.compactMap(\.string), words.count == 2
        else { throw ScheduleStoreError.invalidContinuation }
        return (words[0], words[1])
    }

    /// Changes something, in a cancelled task too: what was begun should not depend on who still waits for it.
    private func write<Value: Sendable>(
        _ change: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            database.asyncWrite(change) { _, result in continuation.resume(with: result) }
        }
    }
}

extension Schedule {
    /// The columns from `owner` to `isArmed`.
    fileprivate var columns: StatementArguments {
        let (timestamp, cron, zone): (Double?, String?, String?) =
            switch timing {
            case .once(let date): (date.timeIntervalSince1970, nil, nil)
            case .cron(let expression, let zone): (nil, expression.text, zone)
            }
        return [
            owner, id, event.json.text, timestamp, cron, zone, createdAt.timeIntervalSince1970,
            next.timeIntervalSince1970, isArmed,
        ]
    }
}

extension StoredSchedule {
    fileprivate var key: StatementArguments { [schedule.owner, schedule.id, Int(version)] }

    fileprivate init(_ row: Row) throws {
        let id: String = row["id"]
        let event: String = row["event"]
        let schedule = Schedule(
            id: id,
            owner: row["owner"],
            event: try ScheduledEvent(JSON(parsing: Array(event.utf8))),
            timing: try Schedule.Timing(row),
            createdAt: Date(timeIntervalSince1970: row["createdAt"]),
            next: Date(timeIntervalSince1970: row["next"]),
            isArmed: row["isArmed"]
        )
        let version: Int = row["version"]
        self.init(schedule: schedule, version: String(version))
    }
}

extension Schedule.Timing {
    fileprivate init(_ row: Row) throws {
        if let seconds: Double = row["timestamp"] {
            self = .once(Date(timeIntervalSince1970: seconds))
        } else if let cron: String = row["cron"], let zone: String = row["timezone"] {
            self = .cron(try CronExpression(cron), zone: zone)
        } else {
            throw ScheduleStoreError.unreadable("timing")
        }
    }
}

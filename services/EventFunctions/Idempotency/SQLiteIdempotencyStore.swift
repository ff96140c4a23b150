import GRDB
import SQLiteStores

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Remembered requests in a file on this machine.
struct SQLiteIdempotencyStore: IdempotencyStore {
    private typealias Work = (request: IdempotentRequest, now: Double, end: Double)

    /// How many rows one transaction of a sweep takes out, so that nobody waits for it.
    private static let sweepSize = 5000

    private let database: any DatabaseWriter
    private let writes: GroupedWrites<Work, IdempotencyOutcome>
    private let now: @Sendable () -> Date

    /// Opens `idempotency.sqlite` in a folder; in memory where this is `nil`.
    ///
    /// - Throws: When the folder cannot be made or the database cannot be opened.
    init(folder: String?, now: @escaping @Sendable () -> Date = { Date() }) throws {
        self.database = try SQLiteFile.open("idempotency.sqlite", in: folder, Self.migrator)
        self.writes = GroupedWrites(in: database) { work, database in
            try Self.remember(work.request, now: work.now, end: work.end, in: database)
        }
        self.now = now
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("remembered requests") { database in
            try database.execute(
                sql: """
                    CREATE TABLE Request (
                        hash BLOB PRIMARY KEY NOT NULL,
                        fingerprint TEXT NOT NULL,
                        answer TEXT NOT NULL,
                        until REAL NOT NULL
                    ) WITHOUT ROWID;
                    CREATE INDEX RequestByEnd ON Request (until);
                    """
            )
        }
        return migrator
    }

    func remember(_ request: IdempotentRequest, until end: Date) async throws -> IdempotencyOutcome {
        try await writes((request, now().timeIntervalSince1970, end.timeIntervalSince1970))
    }

    private static func remember(
        _ request: IdempotentRequest,
        now: Double,
        end: Double,
        in database: Database
    ) throws -> IdempotencyOutcome {
        let hash = Data(request.hash)
        let search = try database.cachedStatement(
            sql: "SELECT fingerprint, answer FROM Request WHERE hash = ? AND until > ?"
        )
        if let row = try Row.fetchOne(search, arguments: [hash, now]) {
            return row["fingerprint"] == request.fingerprint ? .known(row["answer"]) : .conflict(row["answer"])
        }
        let insertion = try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO Request (hash, fingerprint, answer, until) VALUES (?, ?, ?, ?)"
        )
        try insertion.execute(arguments: [hash, request.fingerprint, request.candidate, end])
        return .new
    }

    func sweep() async throws {
        let now = now().timeIntervalSince1970
        var removed = Self.sweepSize
        while removed == Self.sweepSize {
            removed = try await database.write { database in
                try database.execute(
                    sql: """
                        DELETE FROM Request WHERE hash IN
                            (SELECT hash FROM Request WHERE until <= ? ORDER BY until LIMIT ?)
                        """,
                    arguments: [now, Self.sweepSize]
                )
                return database.changesCount
            }
        }
    }

    /// How many requests are remembered.
    var count: Int {
        get async throws { try await database.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM Request") ?? 0 } }
    }
}

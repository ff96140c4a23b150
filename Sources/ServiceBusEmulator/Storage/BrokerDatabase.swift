import GRDB
import Logging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The file in which the broker keeps its messages.
struct BrokerDatabase: Sendable {
    /// Frames of the write-ahead log, of 4 KiB each, from which on it is begun anew.
    private static let longestLog = 16_384

    private let queue: DatabaseQueue
    /// A second connection, which moves the log into the file while the first one writes.
    private let mover: DatabaseQueue
    private let written = Bell()
    let index: MailboxIndex

    /// Opens the database in this directory, and makes both where they are not there yet.
    ///
    /// - Throws: `DatabaseError`, or an error of the file system.
    init(directory: String, entities: Entities) throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        self.queue = try DatabaseQueue(path: "\(directory)/broker.sqlite", configuration: Self.configuration)
        try Self.migrator.migrate(queue)
        self.mover = try DatabaseQueue(path: "\(directory)/broker.sqlite", configuration: Self.configuration)
        self.index = try queue.write { try MailboxIndex(entities, in: $0) }
    }

    /// Runs the body in one transaction, which is on disk when this returns.
    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        let value = try await queue.write(body)
        written.ring()
        return value
    }

    /// Moves the log into the file whenever something was written, until it is cancelled.
    ///
    /// The writer would do so itself, and whoever sends meanwhile would wait for it. Beside the writer it holds up
    /// nobody; only to begin the log anew the writer must pause, and by then little is left to move.
    /// Source: sqlite.org/wal.html#ckpt
    func moveLog(pausing pause: Duration = .milliseconds(100), logger: Logger) async {
        while !Task.isCancelled {
            await written.wait()
            do {
                try await Task.sleep(for: pause)
                written.silence()
                let frames = try await mover.writeWithoutTransaction { try $0.checkpoint(.passive).walFrameCount }
                guard frames > Self.longestLog else { continue }
                _ = try await queue.writeWithoutTransaction { try $0.checkpoint(.restart) }
            } catch is CancellationError {
                return
            } catch {
                logger.warning("The log of the broker's database was not moved", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Moves what is in the log into the file and closes it.
    func close(logger: Logger) {
        do {
            try mover.close()
            try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
            try queue.close()
        } catch {
            logger.warning("The database of the broker was not closed in order", metadata: ["error": "\(error)"])
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "broker"
        // One process owns the file; a second one waits a moment for the first to go, then fails.
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            // A commit is on disk when it returns, and writers do not rewrite pages twice.
            // Source: sqlite.org/pragma.html#pragma_synchronous, sqlite.org/wal.html
            try db.execute(sql: "PRAGMA journal_mode = WAL")
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // In KiB when negative: the working set is the head and the tail of each queue.
            try db.execute(sql: "PRAGMA cache_size = -4096")
            try db.execute(sql: "PRAGMA temp_store = MEMORY")
            // In pages of 4 KiB; beyond it a writer moves the log itself, for then nobody else has done so.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 65536")
            // In bytes; what a burst left behind is given back.
            try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
        }
        return configuration
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(sql: Schema.first)
        }
        migrator.registerMigration("2") { db in
            try db.execute(sql: Schema.second)
        }
        return migrator
    }
}

/// Which number a mailbox has in the database, and the other way round.
struct MailboxIndex: Sendable {
    private var numbers: [String: Int64] = [:]
    private var mailboxes: [Int64: Mailbox] = [:]

    init(_ entities: Entities, in db: Database) throws {
        let before = try Set(Int64.fetchAll(db, sql: "SELECT id FROM mailbox WHERE isDeclared"))
        try db.execute(sql: "UPDATE mailbox SET isDeclared = 0")
        // A topic holds no messages, but its number keeps the ids that it has seen.
        let mailboxes = Set(entities.allMailboxes.map(\.key))
        for path in mailboxes.union(entities.allDestinations.map(\.key)).sorted() {
            let sql = """
                INSERT INTO mailbox (path, isDeclared) VALUES (?, ?)
                ON CONFLICT (path) DO UPDATE SET isDeclared = excluded.isDeclared RETURNING id
                """
            numbers[path] = try Int64.fetchOne(db, sql: sql, arguments: [path, mailboxes.contains(path)])
        }
        for mailbox in entities.allMailboxes {
            if let number = numbers[mailbox.key] { self.mailboxes[number] = mailbox }
        }
        let now = Set(self.mailboxes.keys)
        for number in before.subtracting(now).sorted() { try Self.putToSleep(number, in: db) }
        for number in now.subtracting(before).sorted() { try Self.wake(number, in: db) }
    }

    /// Nothing in a mailbox that is no longer declared is ever due, and nobody has to look at it.
    private static func putToSleep(_ mailbox: Int64, in db: Database) throws {
        try db.execute(sql: "UPDATE message SET dueAt = NULL WHERE mailbox = ?", arguments: [mailbox])
    }

    /// What a message is due for follows from the rest of it; a lock from before has ended.
    private static func wake(_ mailbox: Int64, in db: Database) throws {
        // A mailbox that is new holds nothing, and what it might hold is not looked for.
        let sql = "SELECT EXISTS (SELECT 1 FROM tally WHERE mailbox = ? AND count > 0)"
        guard try Bool.fetchOne(db, sql: sql, arguments: [mailbox]) == true else { return }
        try db.execute(
            sql: """
                UPDATE message SET dueAt = CASE state WHEN 0 THEN expiresAt WHEN 1 THEN 0 ELSE enqueuedAt END
                WHERE mailbox = ?
                """,
            arguments: [mailbox]
        )
    }

    func number(_ path: String) -> Int64? { numbers[path.lowercased()] }
    func mailbox(_ number: Int64) -> Mailbox? { mailboxes[number] }
}

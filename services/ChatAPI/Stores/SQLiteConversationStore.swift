import Events
import GRDB
import ModelStreaming

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Conversations in a file that the `sqlite3` shell can read.
struct SQLiteConversationStore: ConversationStore {
    private let database: DatabasePool
    private let now: @Sendable () -> Date

    /// Opens the database of a folder and brings its tables up to date.
    ///
    /// - Parameters:
    ///   - folder: Where `chat.sqlite` is or should be; made if need be, for the eyes of its owner only.
    ///   - now: The time that a message is stored under.
    /// - Throws: When the folder cannot be made or the database cannot be opened.
    init(folder: String, now: @escaping @Sendable () -> Date = { Date() }) throws {
        if !FileManager.default.fileExists(atPath: folder) {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        }
        var configuration = Configuration()
        configuration.label = "conversations"
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 2
        database = try DatabasePool(path: folder + "/chat.sqlite", configuration: configuration)
        self.now = now
        let migrator = Self.migrator
        // Looking first keeps most starts free of a write, which would wait for the disk.
        if try !database.read({ try migrator.hasCompletedMigrations($0) }) { try migrator.migrate(database) }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("conversations and messages") { database in
            try database.execute(
                sql: """
                    CREATE TABLE Conversation (
                        chatId TEXT PRIMARY KEY NOT NULL,
                        owner TEXT NOT NULL,
                        createdAt TEXT NOT NULL
                    ) WITHOUT ROWID;
                    CREATE TABLE Chat (
                        id INTEGER PRIMARY KEY,
                        chatId TEXT NOT NULL REFERENCES Conversation (chatId) ON DELETE CASCADE,
                        role TEXT NOT NULL CHECK (role IN ('system', 'user', 'assistant')),
                        content TEXT NOT NULL,
                        createdAt TEXT NOT NULL
                    );
                    CREATE INDEX ChatByConversation ON Chat (chatId, id);
                    """
            )
        }
        return migrator
    }

    func history(of key: ConversationKey, limit: HistoryLimit) async throws -> [ChatMessage] {
        try await database.read { database in
            guard try Self.exists(key, in: database) else { return [] }
            // The running total counts from the latest message backwards.
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT role, content FROM (
                        SELECT id, role, content,
                            SUM(LENGTH(CAST(content AS BLOB))) OVER (ORDER BY id DESC) AS total
                        FROM (SELECT * FROM Chat WHERE chatId = ? ORDER BY id DESC LIMIT ?)
                    ) WHERE total <= ? ORDER BY id
                    """,
                arguments: [key.id, limit.messages, limit.bytes]
            )
            return rows.compactMap { row in
                ChatMessage.Role(rawValue: row["role"]).map { ChatMessage(role: $0, content: row["content"]) }
            }
        }
    }

    func append(_ messages: [ChatMessage], to key: ConversationKey) async throws {
        let time = Timestamp(now()).text
        // The asynchronous form of `write` would give up in a cancelled task.
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            database.asyncWrite { database in
                if try !Self.exists(key, in: database) {
                    try database.execute(
                        sql: "INSERT INTO Conversation (chatId, owner, createdAt) VALUES (?, ?, ?)",
                        arguments: [key.id, key.owner, time]
                    )
                }
                for message in messages {
                    try database.execute(
                        sql: "INSERT INTO Chat (chatId, role, content, createdAt) VALUES (?, ?, ?, ?)",
                        arguments: [key.id, message.role.rawValue, message.storableContent, time]
                    )
                }
            } completion: { _, result in
                continuation.resume(with: result)
            }
        }
    }

    private static func exists(_ key: ConversationKey, in database: Database) throws -> Bool {
        let owner = try String.fetchOne(
            database,
            sql: "SELECT owner FROM Conversation WHERE chatId = ?",
            arguments: [key.id]
        )
        guard let owner else { return false }
        guard owner == key.owner else { throw ConversationError.foreign }
        return true
    }
}

import Events
import GRDB
import ModelStreaming
import SQLiteStores
import WebFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Conversations in a file that the `sqlite3` shell can read.
struct SQLiteConversationStore: ConversationStore {
    private enum Change: Sendable {
        case append([ChatMessage], ConversationKey, time: String)
        case delete(ConversationKey)
    }

    /// What became of a change.
    ///
    /// None is thrown: that would undo the others which are written with it.
    private enum Outcome: Sendable { case done, missing, foreign }

    private let database: any DatabaseWriter
    /// A thousand answers may end at once, and each commit waits for the disk.
    private let writes: GroupedWrites<Change, Outcome>
    private let now: @Sendable () -> Date

    /// Opens the database of a folder and brings its tables up to date.
    ///
    /// - Parameters:
    ///   - folder: Where `chat.sqlite` is or should be; made if need be, for the eyes of its owner only.
    ///   - now: The time that a message is stored under.
    /// - Throws: When the folder cannot be made or the database cannot be opened.
    init(folder: String, now: @escaping @Sendable () -> Date = { Date() }) throws {
        self.database = try SQLiteFile.open("chat.sqlite", in: folder, Self.migrator)
        self.writes = GroupedWrites(in: database) { change, database in
            switch change {
            case .append(let messages, let key, let time): try Self.append(messages, to: key, at: time, in: database)
            case .delete(let key): try Self.delete(key, in: database)
            }
        }
        self.now = now
    }

    /// Those that end at the same time lie side by side, and few pages are written.
    func newIdentifier() -> String {
        UniqueIdentifier.ordered(at: Int64(now().timeIntervalSince1970 * 1000))
    }

    // MARK: Changes

    func append(_ messages: [ChatMessage], to key: ConversationKey) async throws {
        let outcome = try await writes(.append(messages, key, time: Timestamp(now()).text))
        if outcome == .foreign { throw ConversationError.foreign }
    }

    func delete(_ key: ConversationKey) async throws -> Bool {
        let outcome = try await writes(.delete(key))
        if outcome == .foreign { throw ConversationError.foreign }
        return outcome == .done
    }

    private static func append(
        _ messages: [ChatMessage],
        to key: ConversationKey,
        at time: String,
        in database: Database
    ) throws -> Outcome {
        if messages.isEmpty { return .done }
        // The messages come next, so their numbers are known: it saves another change of the row and its index.
        let conversation = try database.cachedStatement(
            sql: """
                INSERT INTO Conversation (chatId, owner, createdAt, title, updatedAt, lastMessage, messages)
                VALUES (?, ?, ?, ?, ?, (SELECT IFNULL(MAX(id), 0) FROM Chat) + ?, ?)
                ON CONFLICT (chatId) DO UPDATE SET
                    updatedAt = excluded.updatedAt, lastMessage = excluded.lastMessage,
                    messages = messages + excluded.messages
                WHERE owner = excluded.owner
                """
        )
        let title = ConversationTitle.title(of: messages)
        let count = messages.count
        try conversation.execute(arguments: [key.id, key.owner, time, title, time, count, count])
        if database.changesCount == 0 { return .foreign }
        let insertion = try database.cachedStatement(
            sql: "INSERT INTO Chat (chatId, role, content, createdAt) VALUES (?, ?, ?, ?)"
        )
        for message in messages {
            try insertion.execute(arguments: [key.id, message.role.rawValue, message.storableContent, time])
        }
        return .done
    }

    private static func delete(_ key: ConversationKey, in database: Database) throws -> Outcome {
        guard let isOwner = try isOwner(of: key, in: database) else { return .missing }
        guard isOwner else { return .foreign }
        try database.execute(sql: "DELETE FROM Conversation WHERE chatId = ?", arguments: [key.id])
        return .done
    }

    /// Whether the conversation belongs to who asks; `nil` where there is none.
    private static func isOwner(of key: ConversationKey, in database: Database) throws -> Bool? {
        let search = try database.cachedStatement(sql: "SELECT owner FROM Conversation WHERE chatId = ?")
        return try String.fetchOne(search, arguments: [key.id]).map { $0 == key.owner }
    }

    // MARK: Reading

    func history(of key: ConversationKey, limit: HistoryLimit) async throws -> [ChatMessage] {
        try await database.read { database in
            guard let isOwner = try Self.isOwner(of: key, in: database) else { return [] }
            guard isOwner else { throw ConversationError.foreign }
            let latest = try Self.latest(of: key, before: .max, within: limit, isNeverEmpty: false, in: database)
            return latest.messages.map(\.message)
        }
    }

    func messages(
        of key: ConversationKey,
        limit: HistoryLimit,
        after continuation: String?
    ) async throws -> MessagePage? {
        let end = try Self.number(continuation)
        return try await database.read { database in
            let search = "SELECT owner, createdAt FROM Conversation WHERE chatId = ?"
            guard let row = try Row.fetchOne(database, sql: search, arguments: [key.id]) else { return nil }
            guard row["owner"] == key.owner else { throw ConversationError.foreign }
            let page = try Self.latest(of: key, before: end, within: limit, isNeverEmpty: true, in: database)
            return MessagePage(
                createdAt: try Self.time(row, "createdAt"),
                messages: page.messages,
                next: page.isCut ? page.messages.first?.id : nil
            )
        }
    }

    func conversations(
        of owner: String,
        limit: Int,
        after continuation: String?
    ) async throws -> ConversationPage {
        let end = try Self.number(continuation)
        return try await database.read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM Conversation WHERE owner = ? AND lastMessage < ?
                    ORDER BY lastMessage DESC LIMIT ?
                    """,
                arguments: [owner, end, limit + 1]
            )
            let shown = rows.prefix(limit)
            let last: Int64? = rows.count > limit ? shown.last?["lastMessage"] : nil
            return ConversationPage(
                conversations: try shown.map { row in
                    ConversationSummary(
                        id: row["chatId"],
                        title: row["title"],
                        createdAt: try Self.time(row, "createdAt"),
                        updatedAt: try Self.time(row, "updatedAt"),
                        messages: row["messages"]
                    )
                },
                next: last.map { "\($0)" }
            )
        }
    }

    private static func latest(
        of key: ConversationKey,
        before end: Int64,
        within limit: HistoryLimit,
        isNeverEmpty: Bool,
        in database: Database
    ) throws -> LatestMessages {
        var latest = LatestMessages(within: limit, isNeverEmpty: isNeverEmpty)
        // Row by row, so that no more text is read than is wanted.
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT id, role, content, createdAt FROM Chat WHERE chatId = ? AND id < ? ORDER BY id DESC",
            arguments: [key.id, end]
        )
        while let row = try rows.next() {
            guard let role = ChatMessage.Role(rawValue: row["role"]) else {
                throw ConversationError.unreadable("role")
            }
            let id: Int64 = row["id"]
            let stored = StoredMessage(
                id: "\(id)",
                message: ChatMessage(role: role, content: row["content"]),
                createdAt: try time(row, "createdAt")
            )
            guard latest.take(stored) else { break }
        }
        return latest
    }

    private static func number(_ continuation: String?) throws(ConversationError) -> Int64 {
        guard let continuation else { return .max }
        guard let number = Int64(continuation), number > 0 else { throw .unknownContinuation }
        return number
    }

    private static func time(_ row: Row, _ name: String) throws(ConversationError) -> Timestamp {
        let text: String = row[name]
        guard let time = Timestamp(text) else { throw .unreadable(name) }
        return time
    }
}

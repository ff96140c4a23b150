import Events
import GRDB
import SQLiteStores

/// Posts in a file on this machine, the newest first.
struct SQLitePostStore: PostStore {
    private enum Change: Sendable {
        case create(Post)
        case replace(Post, tag: String)
        case delete(String, tag: String)
    }

    private let database: any DatabaseWriter
    /// Gives the tag that is there after a change; `nil` where the change was refused.
    private let writes: GroupedWrites<Change, String?>

    /// Opens `posts.sqlite` in a folder; in memory where this is `nil`.
    ///
    /// - Throws: When the folder cannot be made or the database cannot be opened.
    init(folder: String?) throws {
        self.database = try SQLiteFile.open("posts.sqlite", in: folder, Self.migrator)
        self.writes = GroupedWrites(in: database) { change, database in
            switch change {
            case .create(let post): try Self.create(post, in: database)
            case .replace(let post, let tag): try Self.replace(post, ifMatch: tag, in: database)
            case .delete(let id, let tag): try Self.delete(id, ifMatch: tag, in: database)
            }
        }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("posts") { database in
            // AUTOINCREMENT gives no number twice, so that a continuation never leads to a post that it has passed.
            try database.execute(
                sql: """
                    CREATE TABLE Post (
                        number INTEGER PRIMARY KEY AUTOINCREMENT,
                        id TEXT NOT NULL UNIQUE,
                        title TEXT NOT NULL,
                        content TEXT NOT NULL,
                        authorID TEXT NOT NULL,
                        createdAt TEXT NOT NULL,
                        updatedAt TEXT NOT NULL,
                        tag TEXT NOT NULL
                    )
                    """
            )
        }
        return migrator
    }

    func post(_ id: String) async throws -> StoredPost? {
        try await database.read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM Post WHERE id = ?", arguments: [id])
                .flatMap { row in Post(row).map { StoredPost(post: $0, tag: row["tag"]) } }
        }
    }

    func page(of limit: Int, after start: String?) async throws -> PostPage {
        let end = try start.map { text throws(PostStoreError) in
            guard let number = Int64(text), number > 0 else { throw .unknownContinuation }
            return number
        }
        return try await database.read { database in
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT * FROM Post WHERE number < ? ORDER BY number DESC LIMIT ?",
                arguments: [end ?? .max, limit + 1]
            )
            let shown = rows.prefix(limit)
            let last: Int64? = rows.count > limit ? shown.last?["number"] : nil
            return PostPage(posts: shown.compactMap { Post($0) }, next: last.map { "\($0)" })
        }
    }

    func create(_ post: Post) async throws -> String? { try await writes(.create(post)) }

    func replace(_ post: Post, ifMatch tag: String) async throws -> String? {
        try await writes(.replace(post, tag: tag))
    }

    func delete(_ id: String, ifMatch tag: String) async throws -> Bool {
        try await writes(.delete(id, tag: tag)) != nil
    }

    // MARK: Changes

    private static func create(_ post: Post, in database: Database) throws -> String? {
        let tag = newTag()
        try database.execute(
            sql: """
                INSERT INTO Post (id, title, content, authorID, createdAt, updatedAt, tag)
                VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
                """,
            arguments: [
                post.id, post.title, post.content, post.authorID, post.createdAt.text, post.updatedAt.text, tag,
            ]
        )
        return database.changesCount == 1 ? tag : nil
    }

    private static func replace(_ post: Post, ifMatch old: String, in database: Database) throws -> String? {
        let tag = newTag()
        try database.execute(
            sql: "UPDATE Post SET title = ?, content = ?, updatedAt = ?, tag = ? WHERE id = ? AND tag = ?",
            arguments: [post.title, post.content, post.updatedAt.text, tag, post.id, old]
        )
        return database.changesCount == 1 ? tag : nil
    }

    private static func delete(_ id: String, ifMatch tag: String, in database: Database) throws -> String? {
        try database.execute(sql: "DELETE FROM Post WHERE id = ? AND tag = ?", arguments: [id, tag])
        return database.changesCount == 1 ? tag : nil
    }

    /// A tag that no state of any post has had.
    private static func newTag() -> String { "\"\(RandomIdentifier.next())\"" }
}

extension Post {
    fileprivate init?(_ row: Row) {
        let (createdText, updatedText): (String, String) = (row["createdAt"], row["updatedAt"])
        guard let createdAt = Timestamp(createdText), let updatedAt = Timestamp(updatedText) else { return nil }
        self.init(
            id: row["id"],
            PostDraft(title: row["title"], content: row["content"]),
            authorID: row["authorID"],
            createdAt: createdAt,
            updatedAt: updatedAt
        )
    }
}

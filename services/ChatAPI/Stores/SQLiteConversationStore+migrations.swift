import GRDB

extension SQLiteConversationStore {
    /// Brings the tables up to date; each step runs once in the life of a file.
    static var migrator: DatabaseMigrator {
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
        migrator.registerMigration("lists of conversations") { database in
            try database.execute(
                sql: """
                    ALTER TABLE Conversation ADD COLUMN title TEXT NOT NULL DEFAULT '';
                    ALTER TABLE Conversation ADD COLUMN updatedAt TEXT NOT NULL DEFAULT '';
                    ALTER TABLE Conversation ADD COLUMN lastMessage INTEGER NOT NULL DEFAULT 0;
                    ALTER TABLE Conversation ADD COLUMN messages INTEGER NOT NULL DEFAULT 0;
                    UPDATE Conversation SET
                        updatedAt = (SELECT IFNULL(MAX(createdAt), Conversation.createdAt)
                            FROM Chat WHERE Chat.chatId = Conversation.chatId),
                        lastMessage = (SELECT IFNULL(MAX(id), 0) FROM Chat WHERE Chat.chatId = Conversation.chatId),
                        messages = (SELECT COUNT(*) FROM Chat WHERE Chat.chatId = Conversation.chatId);
                    CREATE INDEX ConversationByUse ON Conversation (owner, lastMessage);
                    """
            )
            try nameConversations(in: database)
        }
        return migrator
    }

    private static func nameConversations(in database: Database) throws {
        let questions = try Row.fetchCursor(
            database,
            sql: """
                SELECT chatId, SUBSTR(content, 1, 1000) AS question FROM Chat WHERE id IN
                    (SELECT MIN(id) FROM Chat WHERE role = 'user' GROUP BY chatId)
                """
        )
        while let row = try questions.next() {
            try database.execute(
                sql: "UPDATE Conversation SET title = ? WHERE chatId = ?",
                arguments: [ConversationTitle.title(of: row["question"] as String), row["chatId"] as String]
            )
        }
    }
}

/// The tables of the broker.
enum Schema {
    /// - `mailbox` gives each path a number. One that is no longer declared keeps its messages, and they sleep: their
    ///   `dueAt` is null.
    /// - `message` holds the messages. `state` is one of ``MessageState``; `dueAt` is when the message changes by
    ///   itself: an active one dies, a locked one comes free, a scheduled one becomes active. Times are seconds since
    ///   1970. The partial indexes find the head of a mailbox and what is due next without touching the rest.
    /// - `seen` holds the message ids that are dropped when they come again.
    static let first = """
        CREATE TABLE mailbox (
            id INTEGER PRIMARY KEY,
            path TEXT NOT NULL UNIQUE,
            isDeclared INTEGER NOT NULL
        );
        CREATE TABLE message (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            mailbox INTEGER NOT NULL REFERENCES mailbox (id),
            state INTEGER NOT NULL,
            broker TEXT NOT NULL,
            properties TEXT NOT NULL,
            contentType TEXT,
            body BLOB NOT NULL,
            enqueuedAt REAL NOT NULL,
            expiresAt REAL,
            dueAt REAL,
            deliveryCount INTEGER NOT NULL DEFAULT 0,
            lockToken TEXT
        );
        CREATE INDEX messageFree ON message (mailbox, sequence) WHERE state = 0;
        CREATE INDEX messageDue ON message (dueAt) WHERE dueAt IS NOT NULL;
        CREATE TABLE seen (
            mailbox INTEGER NOT NULL REFERENCES mailbox (id),
            id TEXT NOT NULL,
            until REAL NOT NULL,
            PRIMARY KEY (mailbox, id)
        ) WITHOUT ROWID;
        CREATE INDEX seenUntil ON seen (until);
        """

    /// `tally` says how many messages of a mailbox are in each state, so that nobody has to count millions.
    static let second = """
        CREATE TABLE tally (
            mailbox INTEGER NOT NULL REFERENCES mailbox (id),
            state INTEGER NOT NULL,
            count INTEGER NOT NULL,
            PRIMARY KEY (mailbox, state)
        ) WITHOUT ROWID;
        INSERT INTO tally SELECT mailbox, state, COUNT(*) FROM message GROUP BY mailbox, state;
        UPDATE message SET dueAt = NULL WHERE mailbox IN (SELECT id FROM mailbox WHERE NOT isDeclared);
        CREATE TRIGGER messageCame AFTER INSERT ON message BEGIN
            INSERT INTO tally VALUES (NEW.mailbox, NEW.state, 1) ON CONFLICT DO UPDATE SET count = count + 1;
        END;
        CREATE TRIGGER messageWent AFTER DELETE ON message BEGIN
            UPDATE tally SET count = count - 1 WHERE mailbox = OLD.mailbox AND state = OLD.state;
        END;
        CREATE TRIGGER messageChanged AFTER UPDATE OF mailbox, state ON message
        WHEN NEW.mailbox <> OLD.mailbox OR NEW.state <> OLD.state BEGIN
            UPDATE tally SET count = count - 1 WHERE mailbox = OLD.mailbox AND state = OLD.state;
            INSERT INTO tally VALUES (NEW.mailbox, NEW.state, 1) ON CONFLICT DO UPDATE SET count = count + 1;
        END;
        """
}

/// How many messages there are in a mailbox.
struct MessageCounts: Sendable, Hashable {
    var active = 0
    var locked = 0
    var scheduled = 0
}

/// What a stored message is waiting for.
enum MessageState: Int {
    /// A receiver.
    case active = 0
    /// To be settled by the one who has it.
    case locked = 1
    /// Its time.
    case scheduled = 2
}

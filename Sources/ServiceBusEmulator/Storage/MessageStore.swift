import GRDB
import JSONText

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The statements of the broker, within one transaction.
struct MessageStore {
    let db: Database

    // MARK: Sending

    /// Remembers the id; `false` when it has been seen within its window.
    func isNew(_ id: String, in destination: Int64, now: Double, window: Int) throws -> Bool {
        // A time that has passed but is not swept yet no longer counts.
        let sql = """
            INSERT INTO seen (mailbox, id, until) VALUES (?, ?, ?)
            ON CONFLICT (mailbox, id) DO UPDATE SET until = excluded.until WHERE until <= ?
            """
        try execute(sql, [destination, id, now + Double(window), now])
        return db.changesCount == 1
    }

    func insert(_ message: BrokerMessage, into mailbox: Int64, now: Double, timeToLive: Double?) throws {
        let scheduled = message.scheduledAt.map(\.timeIntervalSince1970).flatMap { $0 > now ? $0 : nil }
        let enqueued = scheduled ?? now
        let expiry = timeToLive.map { enqueued + $0 }
        let sql = """
            INSERT INTO message (mailbox, state, broker, properties, contentType, body, enqueuedAt, expiresAt, dueAt)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        let state: MessageState = scheduled == nil ? .active : .scheduled
        // What limits a message's life is what its receiver is told, whoever set it.
        let life = timeToLive.map { [JSON.Member("TimeToLive", .number(String($0)))] } ?? []
        try execute(
            sql,
            [
                mailbox, state.rawValue, JSON.object(message.broker + life).asciiText, Self.text(message.properties),
                message.contentType, message.body, enqueued, expiry, scheduled ?? expiry,
            ]
        )
    }

    /// Puts a message back to its old place that was taken away but reached nobody.
    func restore(_ delivery: Delivery, to mailbox: Int64) throws {
        let expiry = delivery.expiresAt?.timeIntervalSince1970
        let sql = """
            INSERT INTO message (
                sequence, mailbox, state, broker, properties, contentType, body, enqueuedAt, expiresAt, dueAt,
                deliveryCount
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        try execute(
            sql,
            [
                delivery.sequence, mailbox, MessageState.active.rawValue, delivery.broker,
                Self.text(delivery.properties), delivery.contentType, delivery.body,
                delivery.enqueuedAt.timeIntervalSince1970, expiry, expiry, delivery.deliveryCount - 1,
            ]
        )
    }

    private static func text(_ properties: [JSON.Member]) -> String {
        properties.isEmpty ? "{}" : JSON.object(properties).text
    }

    func sweepSeen(now: Double) throws {
        try execute("DELETE FROM seen WHERE until <= ?", [now])
    }

    // MARK: Receiving

    /// The oldest free message; one that has just come free and should have died meanwhile is passed over.
    private static let oldest = """
        sequence = (
            SELECT sequence FROM message
            WHERE mailbox = ? AND state = 0 AND (expiresAt IS NULL OR expiresAt > ?) ORDER BY sequence LIMIT 1
        )
        """
    private static let taken = "sequence, broker, properties, contentType, body, enqueuedAt, expiresAt"

    /// Locks the oldest free message.
    func lock(in mailbox: Mailbox, number: Int64, now: Double) throws -> Delivery? {
        let until = now + Double(mailbox.lockSeconds)
        let sql = """
            UPDATE message SET state = 1, lockToken = ? || printf('%012x', sequence), dueAt = ?,
                deliveryCount = deliveryCount + 1
            WHERE \(Self.oldest) RETURNING \(Self.taken), deliveryCount, lockToken
            """
        let statement = try db.cachedStatement(sql: sql)
        let arguments: StatementArguments = [LockToken.randomPart(), until, number, now]
        guard let row = try Row.fetchOne(statement, arguments: arguments) else { return nil }
        let lock = LockReference(sequence: row[0], token: row[8])
        return Self.delivery(row, mailbox, .locked(lock, until: Date(timeIntervalSince1970: until)))
    }

    /// Takes the oldest free message away.
    func remove(from mailbox: Mailbox, number: Int64, now: Double) throws -> Delivery? {
        let sql = "DELETE FROM message WHERE \(Self.oldest) RETURNING \(Self.taken), deliveryCount + 1"
        let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [number, now])
        return row.map { Self.delivery($0, mailbox, .removed) }
    }

    private static func delivery(_ row: Row, _ mailbox: Mailbox, _ custody: Delivery.Custody) -> Delivery {
        let expiresAt: Double? = row[6]
        return Delivery(
            sequence: row[0],
            path: mailbox.path,
            broker: row[1],
            properties: members(row[2]),
            contentType: row[3],
            body: row[4],
            enqueuedAt: Date(timeIntervalSince1970: row[5]),
            expiresAt: expiresAt.map { Date(timeIntervalSince1970: $0) },
            deliveryCount: row[7],
            custody: custody
        )
    }

    private static func members(_ text: String) -> [JSON.Member] {
        text == "{}" ? [] : (try? JSON(parsing: text))?.members ?? []
    }

    /// How many messages of a mailbox are in each state.
    func counts(_ mailbox: Int64) throws -> MessageCounts {
        let sql = "SELECT state, count FROM tally WHERE mailbox = ?"
        let rows = try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [mailbox])
        return rows.reduce(into: MessageCounts()) { counts, row in
            switch MessageState(rawValue: row[0]) {
            case .active: counts.active = row[1]
            case .locked: counts.locked = row[1]
            case .scheduled: counts.scheduled = row[1]
            case nil: break
            }
        }
    }

    // MARK: Settling

    /// How often a message was delivered whose lock is valid; `nil` where it is not.
    func deliveryCount(_ lock: LockReference, in mailbox: Int64, now: Double) throws -> Int? {
        let sql = """
            SELECT deliveryCount FROM message
            WHERE sequence = ?1 AND mailbox = ?2 AND state = 1 AND lockToken = ?3 AND dueAt > ?4
                AND (?5 IS NULL OR json_extract(broker, '$.MessageId') = ?5)
            """
        return try Int.fetchOne(
            db.cachedStatement(sql: sql),
            arguments: [lock.sequence, mailbox, lock.token, now, lock.messageID]
        )
    }

    func delete(_ sequence: Int64) throws {
        try execute("DELETE FROM message WHERE sequence = ?", [sequence])
    }

    func extend(_ sequence: Int64, until: Double) throws {
        try execute("UPDATE message SET dueAt = ? WHERE sequence = ?", [until, sequence])
    }

    /// Frees a locked message; the delivery does not count when nobody can have seen it.
    func release(_ sequence: Int64, wasDelivered: Bool) throws {
        let sql = """
            UPDATE message SET state = 0, lockToken = NULL, dueAt = expiresAt, deliveryCount = deliveryCount - ?
            WHERE sequence = ?
            """
        try execute(sql, [wasDelivered ? 0 : 1, sequence])
    }

    // MARK: Time

    /// A message whose time has come.
    struct Due {
        let sequence: Int64
        let mailbox: Int64
        let state: MessageState
        let deliveryCount: Int
    }

    func due(now: Double, limit: Int) throws -> [Due] {
        let sql = """
            SELECT sequence, mailbox, state, deliveryCount FROM message
            WHERE dueAt <= ? ORDER BY dueAt, sequence LIMIT ?
            """
        let rows = try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [now, limit])
        return rows.compactMap { row in
            MessageState(rawValue: row[2]).map { state in
                Due(sequence: row[0], mailbox: row[1], state: state, deliveryCount: row[3])
            }
        }
    }

    /// When the next message changes by itself.
    func nextDue() throws -> Double? {
        let sql = "SELECT dueAt FROM message WHERE dueAt IS NOT NULL ORDER BY dueAt LIMIT 1"
        return try Double.fetchOne(db.cachedStatement(sql: sql))
    }

    /// Makes a scheduled message active, at the end of its mailbox.
    ///
    /// It gets a new sequence number, as one that was sent at this moment would.
    /// Source: learn.microsoft.com/azure/service-bus-messaging/message-sequencing#scheduled-messages
    func activate(_ sequence: Int64) throws {
        try execute("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'message'")
        let sql = """
            UPDATE message SET state = 0, dueAt = expiresAt,
                sequence = (SELECT seq FROM sqlite_sequence WHERE name = 'message')
            WHERE sequence = ?
            """
        try execute(sql, [sequence])
    }

    /// Moves a message to a dead-letter mailbox, where it stays until it is taken.
    func bury(_ sequence: Int64, in mailbox: Int64, source: String, reason: DeadLetterReason) throws {
        let sql = """
            UPDATE message SET mailbox = ?, state = 0, lockToken = NULL, dueAt = NULL, expiresAt = NULL,
                broker = json_set(broker, '$.DeadLetterSource', ?),
                properties = json_set(properties, '$.DeadLetterReason', ?, '$.DeadLetterErrorDescription', ?)
            WHERE sequence = ?
            """
        try execute(sql, [mailbox, source, reason.name, reason.description, sequence])
    }

    private func execute(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws {
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}

/// Why the broker itself gives a message up, in the words of Service Bus.
///
/// Source: learn.microsoft.com/azure/service-bus-messaging/service-bus-dead-letter-queues
enum DeadLetterReason: Sendable, Hashable {
    case maxDeliveries(Int)
    case expired

    var name: String {
        switch self {
        case .maxDeliveries: "MaxDeliveryCountExceeded"
        case .expired: "TTLExpiredException"
        }
    }

    var description: String {
        switch self {
        case .maxDeliveries(let count): "Message could not be consumed after \(count) delivery attempts."
        case .expired: "The message expired and was dead lettered."
        }
    }
}

import JSONText
import Redis

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How a message is kept in a Redis stream: a description in JSON under the names of Service Bus, and the body as it is.
extension OutgoingMessage {
    /// Id, time, description and body, as the script for sending takes them.
    var redisArguments: [RedisCommand.Argument] {
        // Rounded up, so that nothing comes too early.
        let due = scheduledAt.map { String(Int(($0.timeIntervalSince1970 * 1000).rounded(.up))) } ?? ""
        return [.init(id), .init(due), .init(redisDescription.bytes), .init(body)]
    }

    private var redisDescription: JSON {
        var members = [JSON.Member("MessageId", .string(id)), JSON.Member("ContentType", .string(contentType))]
        if let subject { members.append(.init("Label", .string(subject))) }
        if let correlationID { members.append(.init("CorrelationId", .string(correlationID))) }
        if !properties.isEmpty {
            let sorted = properties.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .string($0.value)) }
            members.append(.init("UserProperties", .object(sorted)))
        }
        return .object(members)
    }
}

/// The token of a lock: which entry of the stream, and which of its deliveries.
struct RedisEntryLock: Hashable {
    let id: String
    let delivery: Int

    init(id: String, delivery: Int) {
        self.id = id
        self.delivery = delivery
    }

    /// Reads a token; `nil` where it was not made here.
    init?(_ lock: MessageLock) {
        let parts = lock.token.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let delivery = Int(parts[1]) else { return nil }
        let numbers = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        let areNumbers = numbers.allSatisfy { $0.utf8.count <= 15 && UInt64($0) != nil && $0.first != "+" }
        guard numbers.count == 2, areNumbers else { return nil }
        self.init(id: String(parts[0]), delivery: delivery)
    }

    var lock: MessageLock { MessageLock(token: "\(id)/\(delivery)") }
}

/// What came of asking for a message.
enum RedisTaken {
    case message(ReceivedMessage)
    case nothing(Nothing)

    /// Why to wait, in milliseconds since 1970.
    struct Nothing {
        let now: Int
        /// When something becomes free by time alone.
        let nextChange: Int?
        /// What the bell showed; who waits for more misses nothing.
        let bell: String
    }

    init(_ answer: RedisValue) throws(MessagingError) {
        let parts = answer.array ?? []
        if parts.count == 3, let now = parts[0].integer, let change = parts[1].integer, let bell = parts[2].text {
            self = .nothing(Nothing(now: now, nextChange: change < 0 ? nil : change, bell: bell))
        } else if let message = ReceivedMessage(redis: parts) {
            self = .message(message)
        } else {
            throw .unavailable(reason: "Redis gave a message that cannot be read")
        }
    }
}

extension ReceivedMessage {
    /// Reads entry, delivery, end of the lock, the time and the fields.
    fileprivate init?(redis parts: [RedisValue]) {
        guard parts.count == 5, let entry = parts[0].text, let delivery = parts[1].integer,
            let lockedUntil = parts[2].integer
        else { return nil }
        let fields = parts[4].fields
        guard let description = fields["message"]?.bytes.flatMap({ try? JSON(parsing: $0) }),
            let id = description["MessageId"]?.string, let body = fields["body"]?.bytes
        else { return nil }
        var properties: [String: String] = [:]
        for member in description["UserProperties"]?.members ?? [] { properties[member.name] = member.value.string }
        properties[RejectedMessage.reasonProperty] =
            fields["reason"]?.text ?? properties[RejectedMessage.reasonProperty]
        properties[RejectedMessage.descriptionProperty] =
            fields["description"]?.text ?? properties[RejectedMessage.descriptionProperty]
        self.init(
            id: id,
            subject: description["Label"]?.string,
            correlationID: description["CorrelationId"]?.string,
            contentType: description["ContentType"]?.string,
            body: body,
            properties: properties,
            deliveryCount: delivery,
            enqueuedAt: Date(timeIntervalSince1970: Double(fields["enqueued"]?.integer ?? 0) / 1000),
            lockedUntil: Date(timeIntervalSince1970: Double(lockedUntil) / 1000),
            lock: RedisEntryLock(id: entry, delivery: delivery).lock
        )
    }
}

extension MessagingError {
    /// Puts what a server said into words of ours.
    ///
    /// Source of the codes: redis.io/docs/latest/develop/reference/protocol-spec, and the server's own `server.c`
    init(_ error: RedisError) {
        switch error {
        case .refused(code: "FULL"): self = .tooLarge
        case .refused(code: "NOAUTH"), .refused(code: "WRONGPASS"), .refused(code: "NOPERM"): self = .unauthorized
        case .refused, .unreachable, .connectionLost, .timedOut, .overloaded, .answerTooLarge, .malformedAnswer,
            .closed:
            self = .unavailable(reason: "Redis: \(error)")
        }
    }
}

import ChatResponding
import Crypto
import Events
import JSONText
import Messaging
import WebFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A message that says: look at this schedule, it may be due.
///
/// It wakes and does no more. What is due is found in the store, so one too many does no harm. The members of its body
/// are none that an event has on its outside, so that no user can send one by way of an event.
struct DueMessage: Sendable, Hashable {
    /// Messages with this subject are for ``FireSchedule``.
    static let subject = "schedule.due"

    let owner: String
    let schedule: String
    /// When it becomes visible, by the broker's clock.
    let due: Date

    init(for schedule: Schedule) {
        self.owner = schedule.owner
        self.schedule = schedule.id
        self.due = schedule.next
    }

    /// - Throws: `RejectedMessage`, for what is no such message will never be one.
    init(_ message: ReceivedMessage) throws(RejectedMessage) {
        guard let json = try? JSON(parsing: message.body), let owner = json["owner"]?.string,
            let schedule = json["schedule"]?.string, let due = json["due"]?.string.flatMap(Timestamp.init)
        else { throw RejectedMessage(reason: "InvalidDueMessage", description: "The body names no schedule.") }
        self.owner = owner
        self.schedule = schedule
        self.due = due.date
    }

    /// The message to send.
    ///
    /// - Parameter attempt: Makes another message of it where the queue would drop a repeat, and should not.
    /// - Returns: A message that becomes visible when the schedule is due.
    func message(attempt: String = "") -> OutgoingMessage {
        let body: JSON = [
            "owner": .string(owner), "schedule": .string(schedule), "due": .string(Timestamp(due).text),
        ]
        return OutgoingMessage(
            id: Self.id("due", owner, schedule, due, attempt),
            subject: Self.subject,
            body: body.bytes,
            scheduledAt: due
        )
    }

    /// The id of the event that a schedule sends for a due time: the same whenever and by whomever it is sent.
    static func eventID(of schedule: Schedule, at due: Date) -> String {
        id("event", schedule.owner, schedule.id, due, "")
    }

    private static func id(
        _ kind: String,
        _ owner: String,
        _ schedule: String,
        _ due: Date,
        _ attempt: String
    ) -> String {
        let words = [kind, owner, schedule, Timestamp(due).text, attempt]
        return SHA256.hash(data: Array(words.joined(separator: "\u{0}").utf8)).prefix(16).hexadecimal
    }
}

import Events
import JSONText
import Scheduling

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An event that a user wants to be sent once at some time, or again and again.
struct Schedule: Sendable, Hashable {
    let id: String
    /// The user whose schedule it is.
    let owner: String
    let event: ScheduledEvent
    let timing: Timing
    let createdAt: Date
    /// The first due time whose event has not been sent yet.
    var next: Date
    /// Whether a message that will wake us at ``next`` is known to be in the queue.
    var isArmed = false

    enum Timing: Sendable, Hashable {
        case once(Date)
        /// At the times of an expression on the clocks of a zone, by its name in the time zone database.
        case cron(CronExpression, zone: String)
    }

    /// What a client reads.
    var json: JSON {
        let fields: [JSON.Member] =
            switch timing {
            case .once(let date): [.init("timestamp", .string(Timestamp(date).text))]
            case .cron(let expression, let zone):
                [.init("cron", .string(expression.text)), .init("timezone", .string(zone))]
            }
        return .object(
            [.init("id", .string(id)), .init("next", .string(Timestamp(next).text)), .init("event", event.json)]
                + fields + [.init("createdAt", .string(Timestamp(createdAt).text))]
        )
    }
}

import ChatResponding
import Events
import Logging
import Messaging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Sends the events of schedules that are due.
///
/// Each due time yields one event, whoever dies when:
///
/// 1. The events are sent, under ids made of schedule and due time; the queue drops a repeat.
/// 2. The store gets the next due time, unless it was changed meanwhile; then everything is looked at again.
/// 3. The message that wakes us at the next due time is sent. Only then the caller completes the one in hand.
///
/// So while a schedule has a due time, a message that leads to it is in the queue: the one for this very time, or the
/// one before it, which comes back until step 3 was done. What comes back finds the store ahead of it, and does step 3
/// again; the queue drops it where it was done.
///
/// A repeat gets through where everything stops between the first two steps and stays away for longer than the queue
/// remembers ids, which is a day.
struct FireSchedule: Sendable {
    let store: any ScheduleStore
    let queue: any MessageSender
    let zones: TimeZones
    let missed: MissedTimes
    let logger: Logger
    let now: @Sendable () -> Date

    /// How late a due time may be when its message is delivered for the first time: a restart takes no longer.
    static let patience: TimeInterval = 120
    /// The same for a message that is delivered again, for somebody was there: as long as ten deliveries take.
    static let patienceWithRepeats: TimeInterval = 600
    /// How often others may get in between before the message is given back.
    private static let attempts = 5

    /// Handles a message whose subject is ``DueMessage/subject``.
    ///
    /// - Throws: When it should be delivered again; `RejectedMessage` when it should not.
    func handle(_ message: ReceivedMessage) async throws {
        let due = try DueMessage(message)
        // The broker's clock may be ahead of ours: when it says that the time has come, it has. Messages tell times to
        // the millisecond.
        let now = max(now(), due.due + 0.001)
        let patience = message.deliveryCount > 1 ? Self.patienceWithRepeats : Self.patience
        for _ in 0..<Self.attempts {
            guard let stored = try await store.schedule(due.schedule, of: due.owner) else { return }
            do {
                return try await fire(stored, at: now, patience: patience)
            } catch ScheduleStoreError.changed {
                continue
            }
        }
        throw ScheduleStoreError.changed
    }

    private func fire(_ stored: StoredSchedule, at now: Date, patience: TimeInterval) async throws {
        guard stored.schedule.next <= now else { return try await arm(stored.schedule) }
        let due = try missed.due(stored.schedule, at: now, patience: patience, zones: zones)
        // What is passed over is passed over for good, or a second delivery would decide anew.
        var stored = stored
        if let first = due.times.first, first != stored.schedule.next {
            stored = try await advance(stored, to: first)
        }
        for time in due.times { try await send(stored.schedule, for: time) }
        guard let next = due.next else { return try await store.delete(stored) }
        try await arm(try await advance(stored, to: next).schedule)
    }

    private func send(_ schedule: Schedule, for due: Date) async throws {
        let event = schedule.event.event(id: DueMessage.eventID(of: schedule, at: due), at: due)
        try await queue.send([try event.message()])
        logger.info(
            "fired",
            metadata: [
                "schedule": "\(schedule.id)", "event": "\(event.id ?? "")", "due": "\(Timestamp(due).text)",
            ]
        )
    }

    private func advance(_ stored: StoredSchedule, to next: Date) async throws -> StoredSchedule {
        var schedule = stored.schedule
        schedule.next = next
        schedule.isArmed = true
        return try await store.replace(stored, with: schedule)
    }

    private func arm(_ schedule: Schedule) async throws {
        try await queue.send([DueMessage(for: schedule).message()])
    }
}

import Scheduling

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What happens to due times that passed while nothing ran.
enum MissedTimes: String, Sendable, Hashable, CaseIterable {
    /// The last one is made up for; so is the time of a schedule that has only one.
    case last
    /// All are made up for, at most the latest hundred.
    case all
    /// None is.
    case skip

    /// How many due times are made up for in a row.
    static let limit = 100

    /// Which due times of a schedule that is due to send an event for.
    ///
    /// - Parameters:
    ///   - schedule: A schedule whose next due time is not after `now`.
    ///   - now: The time.
    ///   - patience: How late a due time may be before it counts as missed, in seconds. A restart is no outage.
    ///   - zones: Where time zones come from.
    /// - Returns: What to send and what comes next.
    /// - Throws: ``ScheduleStoreError/unreadable(_:)`` where nobody knows the zone any more.
    func due(_ schedule: Schedule, at now: Date, patience: TimeInterval, zones: TimeZones) throws -> DueTimes {
        let isLate = now.timeIntervalSince(schedule.next) > patience
        switch schedule.timing {
        case .once: return DueTimes(times: isLate && self == .skip ? [] : [schedule.next], next: nil)
        case .cron(let expression, let name):
            guard let zone = zones.rules(of: name) else { throw ScheduleStoreError.unreadable("timezone \(name)") }
            let next = expression.next(after: now, in: zone)
            guard isLate else { return DueTimes(times: all(expression, schedule.next, now, zone), next: next) }
            let times: [Date] =
                switch self {
                case .last: latest(1, expression, schedule.next, now, zone)
                case .all: latest(Self.limit, expression, schedule.next, now, zone)
                case .skip: []
                }
            return DueTimes(times: times, next: next)
        }
    }

    /// The due times from one to another.
    private func all(_ expression: CronExpression, _ first: Date, _ last: Date, _ zone: ZoneRules) -> [Date] {
        Array(
            sequence(first: first) { time in
                expression.next(after: time, in: zone).flatMap { $0 <= last ? $0 : nil }
            }
        )
    }

    /// So many due times at most, the latest from one to another.
    private func latest(
        _ count: Int,
        _ expression: CronExpression,
        _ first: Date,
        _ last: Date,
        _ zone: ZoneRules
    ) -> [Date] {
        let times = sequence(first: last + 1) { expression.previous(upTo: $0 - 1, in: zone) }
        let latest = times.dropFirst().prefix { $0 >= first }.prefix(count).reversed()
        // Where the rules of a zone were changed meanwhile, the time that is kept may be none any more.
        return latest.isEmpty ? [first] : Array(latest)
    }
}

/// What a schedule that is due should do.
struct DueTimes: Sendable, Hashable {
    /// The due times to send events for, oldest first.
    let times: [Date]
    /// The first one after them; `nil` where that was all.
    let next: Date?
}

import Events
import HTTPTypes
import JSONText
import Scheduling
import ServiceKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What `POST /api/schedule` asks for, once nothing is wrong with it.
struct ScheduleRequest {
    let event: ScheduledEvent
    let timing: Schedule.Timing
    let next: Date

    /// How far a time may be in the past, because clocks differ and requests take time; such a time is due at once.
    private static let tolerance: TimeInterval = 60
    /// How far a time may be in the future: five years.
    private static let horizon: TimeInterval = 5 * 366 * 86_400

    /// Reads a request.
    ///
    /// - Throws: 400 with all problems of the event and of its timing; 403 for an event of another user.
    init(_ json: JSON, user: String, now: Date, zones: TimeZones) throws(APIError) {
        var problems: [APIError.Detail] = []
        guard json.members != nil else {
            throw Self.failure([.init(field: "", problem: "must be an object, not \(json.kind)")])
        }
        let body = json["event"].map { EventBody($0, user: user, field: "event") }
        problems += body?.problems ?? [.init(field: "event", problem: "is required")]
        let timing = ScheduleTiming(json, now: now, zones: zones)
        problems += timing.problems
        guard problems.isEmpty, let event = body?.event, let due = timing.due else { throw Self.failure(problems) }
        try EventBody.check(event, isFrom: user)
        let isStamped = json["event"]?["timestamp"].map { $0 != .null } ?? false
        self.event = ScheduledEvent(event, isStamped: isStamped)
        self.timing = due.timing
        self.next = due.next
    }

    private static func failure(_ problems: [APIError.Detail]) -> APIError {
        APIError(
            .badRequest,
            code: "invalid_schedule",
            message: "The schedule has \(problems.count == 1 ? "a problem" : "\(problems.count) problems").",
            details: problems
        )
    }

    /// Reads when, and collects what is wrong with it.
    private struct ScheduleTiming {
        private(set) var due: (timing: Schedule.Timing, next: Date)?
        private(set) var problems: [APIError.Detail] = []

        init(_ json: JSON, now: Date, zones: TimeZones) {
            let zone = zone(json, zones)
            switch (json.given("timestamp"), json.given("cron")) {
            case (let timestamp?, nil): due = once(timestamp, now)
            case (nil, let cron?): due = recurring(cron, zone, now)
            case (nil, nil): refuse("timestamp", "or cron is required")
            case (.some, .some): refuse("timestamp", "and cron exclude each other")
            }
        }

        /// A timestamp needs no zone; a zone that is given must be one all the same.
        private mutating func zone(_ json: JSON, _ zones: TimeZones) -> (name: String, rules: ZoneRules)? {
            guard let value = json.given("timezone") else { return (TimeZones.standard, .utc) }
            guard let name = value.string, let rules = zones.rules(of: name) else {
                refuse("timezone", "must be a name of the IANA time zone database, such as Europe/Berlin")
                return nil
            }
            return (name, rules)
        }

        private mutating func once(_ value: JSON, _ now: Date) -> (Schedule.Timing, Date)? {
            guard let date = value.string.flatMap(Timestamp.init)?.date else {
                refuse("timestamp", "must be a time such as 2023-01-01T00:00:00Z (RFC 3339)")
                return nil
            }
            // Milliseconds are what the ids of events and messages tell apart.
            let due = Date(timeIntervalSince1970: (date.timeIntervalSince1970 * 1000).rounded() / 1000)
            guard due >= now - ScheduleRequest.tolerance else {
                refuse("timestamp", "must not be in the past")
                return nil
            }
            guard due <= now + ScheduleRequest.horizon else {
                refuse("timestamp", "must not be more than five years ahead")
                return nil
            }
            return (.once(due), due)
        }

        private mutating func recurring(
            _ value: JSON,
            _ zone: (name: String, rules: ZoneRules)?,
            _ now: Date
        ) -> (Schedule.Timing, Date)? {
            guard let text = value.string else {
                refuse("cron", "must be a string, not \(value.kind)")
                return nil
            }
            do {
                let expression = try CronExpression(text)
                guard let zone else { return nil }
                guard let next = expression.next(after: now, in: zone.rules) else {
                    refuse("cron", "is never due")
                    return nil
                }
                return (.cron(expression, zone: zone.name), next)
            } catch {
                for problem in error.problems { refuse("cron", problem.description) }
                return nil
            }
        }

        private mutating func refuse(_ field: String, _ problem: String) {
            problems.append(.init(field: field, problem: problem))
        }
    }
}

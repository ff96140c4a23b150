import Settings
import TestInstruments
import Testing

@testable import FunctionHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct TimerScheduleTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let schedule: TimerSchedule
        let moment: String
        let next: String
        var testDescription: String { "\(schedule) after \(moment)" }

        init(_ schedule: TimerSchedule, _ moment: String, _ next: String) {
            self.schedule = schedule
            self.moment = moment
            self.next = next
        }
    }

    @Test(arguments: [
        Row(.everyMinutes(5), "2024-05-06T07:08:09Z", "2024-05-06T07:10:00Z"),
        Row(.everyMinutes(5), "2024-05-06T07:10:00Z", "2024-05-06T07:15:00Z"),
        Row(.everyMinutes(5), "2024-05-06T07:09:59Z", "2024-05-06T07:10:00Z"),
        Row(.everyMinutes(1), "2024-05-06T07:59:59Z", "2024-05-06T08:00:00Z"),
        // The last step of an hour is cut short.
        Row(.everyMinutes(45), "2024-05-06T07:44:00Z", "2024-05-06T07:45:00Z"),
        Row(.everyMinutes(45), "2024-05-06T07:45:00Z", "2024-05-06T08:00:00Z"),
        Row(.everyMinutes(59), "2024-12-31T23:59:00Z", "2025-01-01T00:00:00Z"),
        Row(.hourly(minute: 0), "2024-05-06T07:00:00Z", "2024-05-06T08:00:00Z"),
        Row(.hourly(minute: 59), "2024-05-06T07:58:59Z", "2024-05-06T07:59:00Z"),
        Row(.hourly(minute: 59), "2024-05-06T23:59:00Z", "2024-05-07T00:59:00Z"),
        Row(.daily(hour: 0, minute: 0), "2024-02-28T12:00:00Z", "2024-02-29T00:00:00Z"),
        Row(.daily(hour: 23, minute: 59), "2024-12-31T23:59:00Z", "2025-01-01T23:59:00Z"),
        Row(.daily(hour: 6, minute: 30), "2024-05-06T06:29:59Z", "2024-05-06T06:30:00Z"),
        Row(.everyMinutes(7), "1969-12-31T23:57:00Z", "1970-01-01T00:00:00Z"),
        Row(.everyMinutes(7), "1969-12-31T23:55:59Z", "1969-12-31T23:56:00Z"),
        Row(.hourly(minute: 30), "1969-12-31T23:00:00Z", "1969-12-31T23:30:00Z"),
        Row(.daily(hour: 1, minute: 0), "1969-12-31T01:00:00Z", "1970-01-01T01:00:00Z"),
        Row(.daily(hour: 1, minute: 0), "1969-12-31T00:59:59Z", "1969-12-31T01:00:00Z"),
    ])
    func `the next time is the first that is due`(row: Row) throws {
        let moment = try Date(row.moment, strategy: .iso8601)
        #expect(row.schedule.next(after: moment).formatted(.iso8601) == row.next)
    }

    @Test(arguments: 0..<100)
    func `the next time is later than the moment, and due, and none before it is`(seed: Int) {
        var generator = SeededGenerator(seed: seed)
        let schedules: [TimerSchedule] = [
            .everyMinutes(Int.random(in: 1...59, using: &generator)),
            .hourly(minute: Int.random(in: 0...59, using: &generator)),
            .daily(hour: Int.random(in: 0...23, using: &generator), minute: Int.random(in: 0...59, using: &generator)),
        ]
        let moment = Double.random(in: -4_000_000_000...4_000_000_000, using: &generator)
        for schedule in schedules {
            let next = schedule.next(after: Date(timeIntervalSince1970: moment)).timeIntervalSince1970
            #expect(next > moment)
            #expect(next.truncatingRemainder(dividingBy: 60) == 0)
            let minute = Int(next / 60)
            let first = Int((moment / 60).rounded(.down)) + 1
            #expect((first...minute).first { isDue($0, schedule) } == minute, "\(schedule) after \(moment)")
        }
    }

    /// Whether a timer rings in a minute, counted from 1970.
    private func isDue(_ minute: Int, _ schedule: TimerSchedule) -> Bool {
        let ofDay = ((minute % 1440) + 1440) % 1440
        return switch schedule {
        case .everyMinutes(let step): ofDay % 60 % step == 0
        case .hourly(let wanted): ofDay % 60 == wanted
        case .daily(let hour, let wanted): ofDay == hour * 60 + wanted
        }
    }
}

import Testing

@testable import Scheduling

struct ClockChangeTests {
    /// Put forward on 29 March 2026 from 2 to 3, put back on 25 October from 3 to 2.
    private static let berlin = "CET-1CEST,M3.5.0,M10.5.0/3"
    /// Half an hour: forward on 4 October 2026 from 2:00 to 2:30, back on 5 April from 2:00 to 1:30.
    private static let lordHowe = "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"

    @Test(arguments: [
        // A time that does not exist is due at the next minute that does, once.
        (berlin, "30 2 * * *", "2026-03-28 12:00", ["2026-03-29 01:00", "2026-03-30 00:30"]),
        (berlin, "*/15 2 * * *", "2026-03-29 00:00", ["2026-03-29 01:00", "2026-03-30 00:00"]),
        (berlin, "0 2,3 * * *", "2026-03-29 00:00", ["2026-03-29 01:00", "2026-03-30 00:00"]),
        (lordHowe, "15 2 * * *", "2026-10-03 12:00", ["2026-10-03 15:30", "2026-10-04 15:15"]),
        // A time that is shown twice is due the first time.
        (berlin, "30 2 * * *", "2026-10-24 12:00", ["2026-10-25 00:30", "2026-10-26 01:30"]),
        (berlin, "30 1-3 * * *", "2026-10-24 23:00", ["2026-10-24 23:30", "2026-10-25 00:30", "2026-10-25 02:30"]),
        (lordHowe, "45 1 * * *", "2026-04-04 12:00", ["2026-04-04 14:45", "2026-04-05 15:15"]),
        // What recurs every hour goes on.
        (
            berlin, "*/30 * * * *", "2026-03-29 00:15",
            ["2026-03-29 00:30", "2026-03-29 01:00", "2026-03-29 01:30", "2026-03-29 02:00"]
        ),
        (
            berlin, "*/30 * * * *", "2026-10-25 00:15",
            ["2026-10-25 00:30", "2026-10-25 01:00", "2026-10-25 01:30", "2026-10-25 02:00"]
        ),
        (berlin, "15 * * * *", "2026-03-29 00:00", ["2026-03-29 00:15", "2026-03-29 01:15"]),
        (berlin, "15 0-23 * * *", "2026-10-25 00:00", ["2026-10-25 00:15", "2026-10-25 01:15", "2026-10-25 02:15"]),
        // A moment within the repeated hour.
        (berlin, "30 2 * * *", "2026-10-25 01:10", ["2026-10-26 01:30"]),
        (berlin, "0 3 * * *", "2026-10-25 01:10", ["2026-10-25 02:00"]),
    ])
    func `clocks that change neither lose nor double a time`(
        zone: String,
        text: String,
        start: String,
        due: [String]
    ) throws {
        let expression = try CronExpression(text)
        let zone = try rules(zone)
        var start = try moment(start)
        for due in due {
            let next = try #require(expression.next(after: start, in: zone))
            #expect(next == (try moment(due)))
            #expect(expression.previous(upTo: next, in: zone) == next)
            #expect(try #require(expression.previous(upTo: next - 1, in: zone)) <= start)
            start = next
        }
    }

    @Test func `a rule of the southern half of the year is read`() throws {
        let zone = try rules("<-03>3<-02>,M10.2.0/0,M2.3.0/0")
        #expect(zone.period(at: try moment("2026-01-01 00:00")).offset == -7200)
        #expect(zone.period(at: try moment("2026-06-01 00:00")).offset == -10_800)
    }

    @Test(arguments: [
        "", "C", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0/3", "CET-1CEST,M3.5.0,M10.5.0/3x",
        "CET-1CEST,J0,J365", "<+01-1", "CET-168", "CET-1:60",
    ])
    func `what is no rule is refused`(text: String) {
        #expect(YearlyRule(text) == nil)
    }

    @Test func `a rule may keep clocks forward all year`() throws {
        let zone = try rules("EST5EDT,0/0,J365/25")
        for day in 0..<800 {
            #expect(zone.period(at: 1_767_225_600 + day * 86_400 + 18_000).offset == -14_400)
        }
    }

    private func rules(_ text: String) throws -> ZoneRules {
        let yearly = try #require(YearlyRule(text))
        return ZoneRules(initialOffset: yearly.standard, yearly: yearly)
    }
}

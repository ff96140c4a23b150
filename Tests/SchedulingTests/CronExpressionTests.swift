import Testing

@testable import Scheduling

struct CronExpressionTests {
    @Test(arguments: [
        ("*/15 * * * *", "2026-01-31 23:50", "2026-02-01 00:00"),
        ("0 9-17/4 * * *", "2026-01-01 09:00", "2026-01-01 13:00"),
        ("5/20 * * * *", "2026-01-01 09:05", "2026-01-01 09:25"),
        ("0,30 8 * jan,DEC *", "2026-01-31 08:30", "2026-12-01 08:00"),
        ("0 0 * * mon-Fri", "2026-01-02 00:00", "2026-01-05 00:00"),
        ("0 0 * * 7", "2026-01-01 00:00", "2026-01-04 00:00"),
        ("0 0 * * SAT-SUN", "2026-01-03 00:00", "2026-01-04 00:00"),
        ("0 0 29 2 *", "2096-03-01 00:00", "2104-02-29 00:00"),
        // The Mondays that are a 29th of February come 40 years apart around 2100.
        ("0 0 */28 2 1", "2072-02-29 00:00", "2077-02-01 00:00"),
        ("59 23 31 12 *", "2026-12-31 23:59", "2027-12-31 23:59"),
        ("@hourly", "2026-01-01 00:59", "2026-01-01 01:00"),
        ("@Weekly", "2026-01-01 00:00", "2026-01-04 00:00"),
    ])
    func `it is due at the next time that matches`(text: String, start: String, due: String) throws {
        let expression = try CronExpression(text)
        #expect(expression.next(after: try moment(start), in: .utc) == (try moment(due)))
        #expect(expression.previous(upTo: try moment(due), in: .utc) == (try moment(due)))
        #expect(try #require(expression.previous(upTo: try moment(due) - 1, in: .utc)) <= (try moment(start)))
    }

    @Test(arguments: [
        // Both restricted: either matches.
        ("0 0 13 * FRI", ["2026-02-06", "2026-02-13", "2026-02-20", "2026-02-27", "2026-03-06"]),
        ("0 0 1 * 2-3", ["2026-02-03", "2026-02-04", "2026-02-10"]),
        // One begins with a star: both match.
        ("0 0 */2 * MON", ["2026-02-09", "2026-02-23", "2026-03-09"]),
        ("0 0 1 * */2", ["2026-03-01", "2026-08-01"]),
        ("0 0 13 * *", ["2026-02-13", "2026-03-13"]),
    ])
    func `days match as in cron`(text: String, days: [String]) throws {
        let expression = try CronExpression(text)
        var start = try moment("2026-02-01 12:00")
        for day in days {
            start = try #require(expression.next(after: start, in: .utc))
            #expect(start == (try moment("\(day) 00:00")))
        }
    }

    @Test(arguments: [
        ("61 25 32 13 8", ["minute", "hour", "day of month", "month", "day of week"]),
        ("* * * * MON,FUN", ["day of week"]), ("* * * MON *", ["month"]), ("a,b * * * *", ["minute", "minute"]),
        ("*/0 */24 * * *", ["minute", "hour"]), ("*/x,1//2,1/,/5 * * * *", ["minute", "minute", "minute", "minute"]),
        ("30-10 22-2 * * *", ["minute", "hour"]), ("1,,2 * * * *", ["minute"]), ("-1 * * * *", ["minute"]),
        ("1-2-3 * * * *", ["minute"]), ("99999999999999999999 * * * *", ["minute"]),
        ("0 0 L * ?", ["day of month", "day of week"]),
        ("0 0 31 2 *", ["day of month"]), ("0 0 30-31 feb *", ["day of month"]),
        ("0 0 31 4,6,9,11 */2", ["day of month"]),
    ])
    func `each field with a problem is named`(text: String, fields: [String]) {
        let error = #expect(throws: CronError.self) { try CronExpression(text) }
        #expect(error?.problems.map { $0.field?.rawValue } == fields)
    }

    @Test(arguments: ["", "* * * *", "* * * * * *", "@reboot", "@hourly 5", String(repeating: "*", count: 257)])
    func `what is no expression at all is refused as a whole`(text: String) {
        let error = #expect(throws: CronError.self) { try CronExpression(text) }
        #expect(error?.problems.count == 1)
        #expect(error?.problems.first?.field == nil)
    }

    @Test func `a problem says what is allowed`() {
        let error = #expect(throws: CronError.self) { try CronExpression("0 0 * JANUARY *") }
        #expect(
            error?.description
                == "month: 'JANUARY' is not allowed; allowed are 1 to 12 or JAN to DEC, *, lists, ranges and steps"
        )
    }

    @Test func `the longest wait of all is found`() throws {
        let expression = try CronExpression("0 0 29 2 */7")
        var start = try moment("2000-01-01 00:00")
        var waits: Set<Int> = []
        for _ in 0..<60 {
            let next = try #require(expression.next(after: start, in: .utc))
            #expect(expression.previous(upTo: next - 1, in: .utc).map { $0 <= start } != false)
            waits.insert(
                CalendarDay(daysSince1970: next / 86_400).year - CalendarDay(daysSince1970: start / 86_400).year
            )
            start = next
        }
        #expect(waits.contains(40))
    }
}

/// Seconds since 1970 of `2026-01-01 08:30` in UTC.
func moment(_ text: String) throws -> Int {
    let numbers = text.split(whereSeparator: { "- :".contains($0) }).compactMap { Int($0) }
    try #require(numbers.count == 5)
    let day = CalendarDay(year: numbers[0], month: numbers[1], day: numbers[2]).daysSince1970
    return day * 86_400 + numbers[3] * 3600 + numbers[4] * 60
}

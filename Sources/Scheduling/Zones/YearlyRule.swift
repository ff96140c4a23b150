/// What happens to clocks every year, as the variable `TZ` says it: `CET-1CEST,M3.5.0,M10.5.0/3`.
///
/// Source: RFC 8536, section 3.3.1, and POSIX.1-2017, section 8.3 (pubs.opengroup.org/onlinepubs/9699919799).
struct YearlyRule: Hashable, Sendable {
    /// Seconds that clocks are ahead of UTC in standard time.
    var standard: Int
    var daylight: Daylight?

    struct Daylight: Hashable, Sendable {
        var offset: Int
        var start: Switch
        var end: Switch
    }

    /// A day of the year, and the seconds from its start on the clock that is left.
    struct Switch: Hashable, Sendable {
        var day: Day
        var time: Int
    }

    enum Day: Hashable, Sendable {
        /// 1 to 365, without the leap day.
        case ordinalWithoutLeapDay(Int)
        /// 0 to 365.
        case ordinal(Int)
        /// Some weekday of a month; the fifth is the last.
        case weekday(Int, week: Int, month: Int)
    }

    /// The period at a moment that lies in the last period that is known otherwise.
    func period(at moment: Int, after known: ZoneRules.Period) -> ZoneRules.Period {
        guard daylight != nil else { return ZoneRules.Period(start: known.start, end: known.end, offset: standard) }
        let year = CalendarDay(daysSince1970: moment.flooredQuotientAndRemainder(dividingBy: 86_400).quotient).year
        var period = known
        for change in (year - 1...year + 1).flatMap(changes) where change.moment > known.start {
            guard change.moment <= moment else {
                period.end = change.moment
                break
            }
            (period.start, period.offset) = (change.moment, change.offset)
        }
        return period
    }

    /// The changes of one year; where both fall on one moment, the clocks stay put forward.
    private func changes(in year: Int) -> [ZoneRules.Change] {
        guard let daylight else { return [] }
        let start = daylight.start.clock(in: year) - standard
        let end = daylight.end.clock(in: year) - daylight.offset
        let changes = [
            ZoneRules.Change(moment: end, offset: standard), ZoneRules.Change(moment: start, offset: daylight.offset),
        ]
        return end <= start ? changes : changes.reversed()
    }
}

extension YearlyRule.Switch {
    /// The time on the clock, in seconds as if it were UTC.
    fileprivate func clock(in year: Int) -> Int { day.daysSince1970(in: year) * 86_400 + time }
}

extension YearlyRule.Day {
    fileprivate func daysSince1970(in year: Int) -> Int {
        let first = CalendarDay(year: year, month: 1, day: 1)
        switch self {
        case .ordinal(let day): return first.daysSince1970 + day
        case .ordinalWithoutLeapDay(let day):
            return first.daysSince1970 + day - 1 + (first.isLeapYear && day >= 60 ? 1 : 0)
        case .weekday(let weekday, let week, let month):
            let start = CalendarDay(year: year, month: month, day: 1)
            let days = start.daysSince1970
            let wait = (weekday - CalendarDay.weekday(daysSince1970: days) + 7) % 7
            let day = wait + (week - 1) * 7
            return days + (day < start.lengthOfMonth ? day : day - 7)
        }
    }
}

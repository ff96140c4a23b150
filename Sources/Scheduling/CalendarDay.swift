/// A day of the proleptic Gregorian calendar.
///
/// Source: howardhinnant.github.io/date_algorithms.html.
struct CalendarDay: Hashable {
    var year: Int
    /// 1 to 12.
    var month: Int
    /// 1 to 31.
    var day: Int

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    init(daysSince1970 days: Int) {
        let (era, dayOfEra) = (days + 719_468).flooredQuotientAndRemainder(dividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        self.month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
        self.year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        self.day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    }

    var daysSince1970: Int {
        // Counted from March, so that the leap day is the last of its year.
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shifted.flooredQuotientAndRemainder(dividingBy: 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    var isLeapYear: Bool { year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) }

    var lengthOfMonth: Int { month == 2 && !isLeapYear ? 28 : Self.longest(month: month) }

    var firstOfNextMonth: CalendarDay {
        month == 12
            ? CalendarDay(year: year + 1, month: 1, day: 1) : CalendarDay(year: year, month: month + 1, day: 1)
    }

    var lastOfPreviousMonth: CalendarDay {
        var last =
            month == 1
            ? CalendarDay(year: year - 1, month: 12, day: 1) : CalendarDay(year: year, month: month - 1, day: 1)
        last.day = last.lengthOfMonth
        return last
    }

    /// How many days the month has at most.
    static func longest(month: Int) -> Int {
        switch month {
        case 2: 29
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The day of the week, 0 for Sunday.
    static func weekday(daysSince1970 days: Int) -> Int {
        // 1970 began on a Thursday.
        (days + 4).flooredQuotientAndRemainder(dividingBy: 7).remainder
    }
}

extension Int {
    /// Division whose remainder is never negative.
    func flooredQuotientAndRemainder(dividingBy divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

/// Matching on a clock that never jumps: seconds are counted as that clock shows them.
extension CronExpression {
    private static let minutesPerDay = 1440
    /// The leap day falls on the same day of the week after 40 years at the latest: 2072 is followed by 2112.
    private static let longestWait = 41

    /// The first minute that matches after a time on the clock.
    func nextMatch(after clock: Int) -> Int? {
        let minute = clock.flooredQuotientAndRemainder(dividingBy: 60).quotient + 1
        let (day, time) = minute.flooredQuotientAndRemainder(dividingBy: Self.minutesPerDay)
        if matches(day), let time = firstTime(from: time) { return seconds(day, time) }
        guard let day = nextDay(from: day + 1), let time = firstTime(from: 0) else { return nil }
        return seconds(day, time)
    }

    /// The last minute that matches, at a time on the clock or before.
    func previousMatch(upTo clock: Int) -> Int? {
        let minute = clock.flooredQuotientAndRemainder(dividingBy: 60).quotient
        let (day, time) = minute.flooredQuotientAndRemainder(dividingBy: Self.minutesPerDay)
        if matches(day), let time = lastTime(upTo: time) { return seconds(day, time) }
        guard let day = previousDay(from: day - 1), let time = lastTime(upTo: Self.minutesPerDay - 1) else {
            return nil
        }
        return seconds(day, time)
    }

    private func seconds(_ day: Int, _ time: Int) -> Int { (day * Self.minutesPerDay + time) * 60 }

    // MARK: Times of a day, in minutes

    private func firstTime(from time: Int) -> Int? {
        let (hour, minute) = time.quotientAndRemainder(dividingBy: 60)
        if hours.contains(hour), let minute = minutes.first(from: minute) { return hour * 60 + minute }
        guard let hour = hours.first(from: hour + 1), let minute = minutes.first(from: 0) else { return nil }
        return hour * 60 + minute
    }

    private func lastTime(upTo time: Int) -> Int? {
        let (hour, minute) = time.quotientAndRemainder(dividingBy: 60)
        if hours.contains(hour), let minute = minutes.last(upTo: minute) { return hour * 60 + minute }
        guard let hour = hours.last(upTo: hour - 1), let minute = minutes.last(upTo: 59) else { return nil }
        return hour * 60 + minute
    }

    // MARK: Days, counted from 1970

    private func matches(_ day: Int) -> Bool {
        let date = CalendarDay(daysSince1970: day)
        return months.contains(date.month) && matches(date, weekday: CalendarDay.weekday(daysSince1970: day))
    }

    private func matches(_ date: CalendarDay, weekday: Int) -> Bool {
        switch dayRule {
        case .both: days.contains(date.day) && weekdays.contains(weekday)
        case .either: days.contains(date.day) || weekdays.contains(weekday)
        }
    }

    private func nextDay(from day: Int) -> Int? {
        var date = CalendarDay(daysSince1970: day)
        let lastYear = date.year + Self.longestWait
        while date.year <= lastYear {
            if months.contains(date.month), let match = match(in: date, date.day...date.lengthOfMonth) { return match }
            date = date.firstOfNextMonth
        }
        return nil
    }

    private func previousDay(from day: Int) -> Int? {
        var date = CalendarDay(daysSince1970: day)
        let firstYear = date.year - Self.longestWait
        while date.year >= firstYear {
            if months.contains(date.month), let match = match(in: date, (1...date.day).reversed()) { return match }
            date = date.lastOfPreviousMonth
        }
        return nil
    }

    /// The first of some days of a month that matches.
    private func match(in month: CalendarDay, _ candidates: some Sequence<Int>) -> Int? {
        let start = CalendarDay(year: month.year, month: month.month, day: 1).daysSince1970 - 1
        return candidates.lazy.map { day in (day, start + day) }.first { day, count in
            let date = CalendarDay(year: month.year, month: month.month, day: day)
            return matches(date, weekday: CalendarDay.weekday(daysSince1970: count))
        }?.1
    }
}

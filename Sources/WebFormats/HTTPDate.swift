/// A moment as headers spell it: `Sun, 06 Nov 1994 08:49:37 GMT`, in whole seconds.
///
/// Only the form that must be sent is read, not the two obsolete ones. Source: RFC 9110, section 5.6.7; the calendar is howardhinnant.github.io/date_algorithms.html.
package struct HTTPDate: Sendable, Hashable {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let secondsPerDay = 86_400

    package let secondsSince1970: Int

    /// The moment; what lies outside the years 1 to 9999 has no spelling, and becomes the nearest that has.
    package init(secondsSince1970 seconds: Int) {
        self.secondsSince1970 = min(max(seconds, -62_135_596_800), 253_402_300_799)
    }

    /// Reads the text; `nil` where it is no such date.
    package init?(parsing text: String) {
        let parts = text.split(whereSeparator: { $0 == " " || $0 == "," || $0 == ":" })
        guard parts.count == 8, parts[7] == "GMT",
            let day = Int(parts[1]), (1...31).contains(day),
            let month = Self.months.firstIndex(of: String(parts[2])),
            let year = Int(parts[3]), (1...9999).contains(year),
            let hour = Int(parts[4]), (0...23).contains(hour),
            let minute = Int(parts[5]), (0...59).contains(minute),
            let second = Int(parts[6]), (0...60).contains(second)
        else { return nil }
        let days = Self.daysSince1970(year: year, month: month + 1, day: day)
        self.secondsSince1970 = days * Self.secondsPerDay + hour * 3600 + minute * 60 + second
    }

    package var text: String {
        let (days, time) = secondsSince1970.flooredQuotientAndRemainder(dividingBy: Self.secondsPerDay)
        let (year, month, day) = Self.civil(daysSince1970: days)
        // 1970 began on a Thursday.
        let weekday = Self.days[(days + 4).flooredQuotientAndRemainder(dividingBy: 7).remainder]
        let clock = [time / 3600, time / 60 % 60, time % 60].map { Self.padded($0, 2) }.joined(separator: ":")
        return "\(weekday), \(Self.padded(day, 2)) \(Self.months[month - 1]) \(Self.padded(year, 4)) \(clock) GMT"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        // Counted from March, so that the leap day is the last of its year.
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shifted.flooredQuotientAndRemainder(dividingBy: 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = (days + 719_468).flooredQuotientAndRemainder(dividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

extension Int {
    /// Division whose remainder is never negative.
    fileprivate func flooredQuotientAndRemainder(dividingBy divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

/// When something recurs: minute, hour, day of month, month and day of week, as cron writes it.
///
/// ```
/// */15 8-18 * * MON-FRI
/// ```
///
/// Where both days are restricted, either may match; a field that begins with `*` restricts nothing by this rule, so
/// `0 0 */2 * MON` are the Mondays with an odd number, while `0 0 1 * MON` is every first and every Monday.
/// Source: man7.org/linux/man-pages/man5/crontab.5.html, which calls a field restricted when it does not start with `*`.
public struct CronExpression: Sendable, Hashable {
    /// The expression as it was written.
    public let text: String

    let minutes: NumberSet
    let hours: NumberSet
    let days: NumberSet
    let months: NumberSet
    let weekdays: NumberSet
    let dayRule: DayRule

    /// Whether a day must match both of its fields.
    enum DayRule: Sendable, Hashable { case both, either }

    /// The longest expression, in bytes, that is read at all.
    private static let sizeLimit = 256

    private static let aliases = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]

    /// Reads an expression.
    ///
    /// - Throws: ``CronError`` with the problems of all fields.
    public init(_ text: String) throws(CronError) {
        let fields = try Self.fields(of: text)
        let readers = zip(CronField.allCases, fields).map { CronFieldReader($0, $1) }
        let problems = readers.flatMap(\.problems)
        guard problems.isEmpty else { throw CronError(problems: problems) }
        self.text = text
        self.minutes = readers[0].values
        self.hours = readers[1].values
        self.days = readers[2].values
        self.months = readers[3].values
        self.weekdays = readers[4].values
        self.dayRule = fields[2].hasPrefix("*") || fields[4].hasPrefix("*") ? .both : .either
        guard hasDay else {
            throw CronError(problems: [.init(field: .dayOfMonth, text: "no month that is named has such a day")])
        }
    }

    private static func fields(of text: String) throws(CronError) -> [Substring] {
        func failure(_ text: String) -> CronError { CronError(problems: [.init(field: nil, text: text)]) }
        guard text.utf8.count <= sizeLimit else { throw failure("must not be longer than \(sizeLimit) bytes") }
        let words = text.split(whereSeparator: { $0 == " " || $0 == "\t" })
        if let alias = words.first, alias.hasPrefix("@") {
            guard words.count == 1, let expression = aliases[alias.lowercased()] else {
                throw failure("'\(text)' is none of \(aliases.keys.sorted().joined(separator: ", "))")
            }
            return expression.split(separator: " ")
        }
        guard words.count == CronField.allCases.count else {
            let names = CronField.allCases.map(\.rawValue).joined(separator: ", ")
            throw failure("must have five fields, \(names), not \(words.count)")
        }
        return words
    }

    /// Whether any year has a day that matches: the 31st of February never comes.
    private var hasDay: Bool {
        dayRule == .either
            || (1...12).contains { month in
                months.contains(month) && days.first(from: 1).map { $0 <= CalendarDay.longest(month: month) } ?? false
            }
    }

    /// Whether it recurs by the hour rather than at times of the day.
    var isHourly: Bool { hours.count == 24 }
}

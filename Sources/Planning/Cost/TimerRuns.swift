/// How often a schedule comes due in an average month.
///
/// Source: learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions
enum TimerRuns {
    /// The fields of an expression: seconds, minutes, hours, days of the month, months, days of the week.
    private static let ranges = [0...59, 0...59, 0...23, 1...31, 1...12, 0...6]
    private static let daysPerMonth = 365.25 / 12

    /// `nil` for a schedule that is written otherwise, such as one with names of months.
    static func perMonth(_ schedule: String) -> Double? {
        let fields = schedule.split(separator: " ")
        guard fields.count == ranges.count else { return nil }
        let counts = zip(fields, ranges).compactMap { count(of: $0, in: $1) }
        guard counts.count == ranges.count else { return nil }
        let shares = zip(counts, ranges).map { Double($0) / Double($1.count) }
        return Double(counts[0] * counts[1] * counts[2]) * daysPerMonth * shares[3] * shares[4] * shares[5]
    }

    /// How many values a field allows: `*`, `*/5`, `1,2`, `9-17`, `0-30/10`.
    private static func count(of field: Substring, in range: ClosedRange<Int>) -> Int? {
        var values: Set<Int> = []
        for part in field.split(separator: ",", omittingEmptySubsequences: false) {
            let words = part.split(separator: "/", maxSplits: 1)
            guard let first = words.first, let span = span(of: first, in: range, isStepped: words.count == 2),
                let step = words.count == 2 ? Int(words[1]) : 1, step > 0
            else { return nil }
            values.formUnion(stride(from: span.lowerBound, through: span.upperBound, by: step))
        }
        return values.count
    }

    private static func span(of text: Substring, in range: ClosedRange<Int>, isStepped: Bool) -> ClosedRange<Int>? {
        if text == "*" { return range }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last,
            range.contains(first), range.contains(last)
        else { return nil }
        return ends.count == 1 && isStepped ? first...range.upperBound : first...last
    }
}

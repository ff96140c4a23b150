extension YearlyRule {
    /// Reads a value of the variable `TZ` in the form that TZif files have; `nil` where it is none.
    init?(_ text: some StringProtocol) {
        var reader = YearlyRuleReader(text)
        guard let rule = reader.rule() else { return nil }
        self = rule
    }
}

/// Reads a value of `TZ` from left to right.
private struct YearlyRuleReader {
    private var rest: Substring.UTF8View

    init(_ text: some StringProtocol) {
        rest = Substring(text).utf8
    }

    mutating func rule() -> YearlyRule? {
        guard name(), let standard = offset() else { return nil }
        if rest.isEmpty { return YearlyRule(standard: -standard) }
        guard name() else { return nil }
        var daylight = standard - 3600
        if rest.first != UInt8(ascii: ",") {
            guard let given = offset() else { return nil }
            daylight = given
        }
        guard take(","), let start = change(), take(","), let end = change(), rest.isEmpty else { return nil }
        // West is positive here, unlike everywhere else.
        return YearlyRule(standard: -standard, daylight: .init(offset: -daylight, start: start, end: end))
    }

    /// `CET`, or `<+01>` where it is more than letters.
    private mutating func name() -> Bool {
        if take("<") {
            guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
            rest = rest[rest.index(after: end)...]
            return true
        }
        let letters = rest.prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) }
        rest = rest[letters.endIndex...]
        return letters.count >= 3
    }

    /// `M10.5.0/3`, `J60` or `59`.
    private mutating func change() -> YearlyRule.Switch? {
        guard let day = day() else { return nil }
        guard take("/") else { return YearlyRule.Switch(day: day, time: 2 * 3600) }
        return offset().map { YearlyRule.Switch(day: day, time: $0) }
    }

    private mutating func day() -> YearlyRule.Day? {
        if take("J") { return number(in: 1...365).map { .ordinalWithoutLeapDay($0) } }
        guard take("M") else { return number(in: 0...365).map { .ordinal($0) } }
        guard let month = number(in: 1...12), take("."), let week = number(in: 1...5), take("."),
            let weekday = number(in: 0...6)
        else { return nil }
        return .weekday(weekday, week: week, month: month)
    }

    /// `-1`, `5:45` or `167`, in seconds.
    private mutating func offset() -> Int? {
        let sign = take("-") ? -1 : 1
        if sign == 1 { _ = take("+") }
        guard let hours = number(in: 0...167) else { return nil }
        var seconds = hours * 3600
        for unit in [60, 1] {
            guard take(":") else { break }
            guard let count = number(in: 0...59) else { return nil }
            seconds += count * unit
        }
        return sign * seconds
    }

    private mutating func number(in range: ClosedRange<Int>) -> Int? {
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        rest = rest[digits.endIndex...]
        return Int(Substring(digits)).flatMap { range.contains($0) ? $0 : nil }
    }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: byte) else { return false }
        rest = rest.dropFirst()
        return true
    }
}

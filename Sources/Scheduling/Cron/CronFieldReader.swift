/// Reads one field: a list of `*`, numbers, names and ranges, each with a step or without.
struct CronFieldReader {
    let field: CronField
    private(set) var values = NumberSet()
    private(set) var problems: [CronError.Problem] = []

    init(_ field: CronField, _ text: Substring) {
        self.field = field
        for part in text.split(separator: ",", omittingEmptySubsequences: false) { read(part) }
    }

    private mutating func read(_ part: Substring) {
        let halves = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let base = halves.first, !base.isEmpty else {
            return refuse(part.isEmpty ? "a value is missing" : "'\(part)' has a step and nothing to step through")
        }
        var step: Int?
        if halves.count == 2 {
            guard let read = readStep(halves[1], in: part) else { return }
            step = read
        }
        guard let range = readRange(base, isOpen: step != nil) else { return }
        // Both 0 and 7 are Sunday.
        for number in stride(from: range.lowerBound, through: range.upperBound, by: step ?? 1) {
            values.insert(field == .dayOfWeek ? number % 7 : number)
        }
    }

    private mutating func readStep(_ text: Substring, in part: Substring) -> Int? {
        let digits = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard digits, let step = Int(text), (1...field.range.upperBound).contains(step) else {
            refuse("the step of '\(part)' must be 1 to \(field.range.upperBound)")
            return nil
        }
        return step
    }

    /// The numbers from the first to the last; a single number with a step goes on to the end.
    private mutating func readRange(_ text: Substring, isOpen: Bool) -> ClosedRange<Int>? {
        if text == "*" { return field.everything }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let first = readNumber(ends[0])
        guard ends.count == 2 else {
            return first.map { $0...(isOpen ? max($0, field.everything.upperBound) : $0) }
        }
        guard let last = readNumber(ends[1]), let first else { return nil }
        // SAT-SUN goes to the Sunday after.
        let end = field == .dayOfWeek && last == 0 && first > 0 ? 7 : last
        guard first <= end else {
            refuse("the range '\(text)' runs backwards; write two ranges with a comma")
            return nil
        }
        return first...end
    }

    private mutating func readNumber(_ text: Substring) -> Int? {
        guard let number = field.number(text), field.range.contains(number) else {
            refuse("'\(text)' is not allowed")
            return nil
        }
        return number
    }

    private mutating func refuse(_ text: String) {
        problems.append(.init(field: field, text: "\(text); allowed are \(field.allowed), *, lists, ranges and steps"))
    }
}

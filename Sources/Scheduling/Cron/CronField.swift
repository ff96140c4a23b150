/// One of the five fields of a cron expression.
public enum CronField: String, Sendable, Hashable, CaseIterable {
    case minute = "minute"
    case hour = "hour"
    case dayOfMonth = "day of month"
    case month = "month"
    case dayOfWeek = "day of week"

    /// The numbers that may be written; both 0 and 7 are Sunday.
    var range: ClosedRange<Int> {
        switch self {
        case .minute: 0...59
        case .hour: 0...23
        case .dayOfMonth: 1...31
        case .month: 1...12
        case .dayOfWeek: 0...7
        }
    }

    /// What `*` stands for.
    var everything: ClosedRange<Int> { self == .dayOfWeek ? 0...6 : range }

    /// Names that may stand for numbers, the first for ``firstName``.
    private var names: [String] {
        switch self {
        case .minute, .hour, .dayOfMonth: []
        case .month: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
        case .dayOfWeek: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
        }
    }

    private var firstName: Int { self == .month ? 1 : 0 }

    /// The number that a name or digits stand for, in range or not.
    func number(_ text: Substring) -> Int? {
        if let index = names.firstIndex(of: text.uppercased()) { return index + firstName }
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        // More digits than any number needs become one that is out of range.
        return Int(text) ?? .max
    }

    /// What may be written: `0 to 59`.
    var allowed: String {
        let numbers = "\(range.lowerBound) to \(range.upperBound)"
        guard let first = names.first, let last = names.last else { return numbers }
        return "\(numbers) or \(first) to \(last)"
    }
}

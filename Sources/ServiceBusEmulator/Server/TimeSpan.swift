/// A span of time as .NET writes it: `1.02:03:04.5`, days, hours, minutes, seconds.
///
/// Source: learn.microsoft.com/dotnet/standard/base-types/standard-timespan-format-strings
struct TimeSpan: Sendable, Hashable {
    /// The longest span, in seconds; a message that lives so long lives for ever.
    static let longest = 922_337_203_685.0

    let seconds: Double

    /// Reads the text; `nil` where it is no positive span.
    init?(parsing text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        let head = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        guard let hours = head.last.flatMap({ Int($0) }), (0...23).contains(hours),
            let minutes = Int(parts[1]), (0...59).contains(minutes),
            let seconds = Double(parts[2]), (0..<60).contains(seconds)
        else { return nil }
        var days = 0
        if head.count > 1 {
            guard head.count == 2, let count = Int(head[0]), (0...10_675_199).contains(count) else { return nil }
            days = count
        }
        let total = Double(days * 86_400 + hours * 3600 + minutes * 60) + seconds
        guard total > 0 else { return nil }
        self.seconds = total
    }
}

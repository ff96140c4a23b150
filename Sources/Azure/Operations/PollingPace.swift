/// How long to wait between two looks at an operation for which Azure names no time.
///
/// The official clients wait 30 seconds, which most operations here do not need in all. Each wait is two seconds and a
/// tenth of the time that has passed, up to ten seconds, so that the end is seen late by no more than that; a quarter of
/// an hour takes a hundred requests of the 25 a second that a subscription may read.
///
/// Source: learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
public struct PollingPace: Sendable, Hashable {
    public var first = Duration.seconds(2)
    public var longest = Duration.seconds(10)
    /// The shortest wait, also where Azure asks for less.
    public var shortest = Duration.milliseconds(100)

    public init() {}

    /// The wait before a look, 0 being the first: a tenth longer each time.
    package func wait(before look: Int) -> Duration { wait(growingBy: 11, times: look, upTo: longest) }

    /// The wait after setbacks in a row, half as long again each time: what has trouble needs peace.
    func wait(afterSetbacks count: Int) -> Duration { wait(growingBy: 15, times: count, upTo: longest * 3) }

    private func wait(growingBy tenths: Int, times steps: Int, upTo longest: Duration) -> Duration {
        var wait = first
        // A hundred steps lead from any first wait to any longest.
        for _ in 0..<min(steps, 100) where wait < longest { wait = wait * tenths / 10 }
        return max(min(wait, longest), shortest)
    }
}

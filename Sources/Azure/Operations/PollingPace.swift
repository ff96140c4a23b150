/// How long to wait between two looks at an operation for which Azure names no time.
///
/// The official clients wait 30 seconds, which most operations here do not need in all.
public struct PollingPace: Sendable, Hashable {
    public var first = Duration.seconds(2)
    public var longest = Duration.seconds(30)
    /// The shortest wait, also where Azure asks for less.
    public var shortest = Duration.milliseconds(100)

    public init() {}

    /// The wait before a look, 0 being the first: half as long again each time.
    func wait(before look: Int) -> Duration {
        // Twenty steps are more than from any first wait to any longest.
        let wait = (0..<min(look, 20)).reduce(first) { wait, _ in min(wait * 3 / 2, longest) }
        return max(min(wait, longest), shortest)
    }
}

/// How long to wait before the next start of a process that ended by itself.
///
/// The first restart is at once, for most crashes are one of a kind; the delays then double from 100 ms up to 10 s. A
/// process that stayed up for half a minute starts from the beginning.
struct Backoff: Sendable, Hashable {
    private(set) var attempts = 0

    static let limit = Duration.seconds(10)
    static let forgiveness = Duration.seconds(30)

    mutating func delay(afterRunning uptime: Duration) -> Duration {
        if uptime >= Self.forgiveness { attempts = 0 }
        attempts += 1
        guard attempts > 1 else { return .zero }
        return min(.milliseconds(100 * (1 << min(attempts - 2, 10))), Self.limit)
    }
}

#if canImport(FoundationEssentials)
public import struct FoundationEssentials.Date
#else
public import struct Foundation.Date
#endif

/// A clock on which every sleep is over at once, and has taken its time.
public final class InstantClock: Clock, Sendable {
    public struct Instant: InstantProtocol {
        let offset: Duration

        public func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        public func duration(to other: Instant) -> Duration { other.offset - offset }
        public static func < (one: Instant, other: Instant) -> Bool { one.offset < other.offset }
    }

    private struct State {
        var now = Duration.zero
        var sleeps: [Duration] = []
    }

    public init() {}

    private static let start = Date(timeIntervalSince1970: 1_767_225_600)
    private let state = Shared(State())

    public var now: Instant { Instant(offset: elapsed) }
    public var minimumResolution: Duration { .nanoseconds(1) }
    public var elapsed: Duration { state.withLock { $0.now } }
    /// How long each sleep was, in their order.
    public var sleeps: [Duration] { state.withLock { $0.sleeps } }
    /// 1 January 2026 and what has passed since.
    public var date: Date { Self.start.addingTimeInterval(elapsed / .seconds(1)) }

    public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        state.withLock { state in
            state.sleeps.append(deadline.offset - state.now)
            state.now = max(state.now, deadline.offset)
        }
    }

    public func advance(by duration: Duration) {
        state.withLock { $0.now += duration }
    }
}

import Foundation
import TestInstruments

/// A clock on which every sleep is over at once, and has taken its time.
final class InstantClock: Clock, Sendable {
    struct Instant: InstantProtocol {
        let offset: Duration

        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (one: Instant, other: Instant) -> Bool { one.offset < other.offset }
    }

    private struct State {
        var now = Duration.zero
        var sleeps: [Duration] = []
    }

    private static let start = Date(timeIntervalSince1970: 1_767_225_600)
    private let state = Shared(State())

    var now: Instant { Instant(offset: elapsed) }
    var minimumResolution: Duration { .nanoseconds(1) }
    var elapsed: Duration { state.withLock { $0.now } }
    /// How long each sleep was, in their order.
    var sleeps: [Duration] { state.withLock { $0.sleeps } }
    /// 1 January 2026 and what has passed since.
    var date: Date { Self.start.addingTimeInterval(elapsed / .seconds(1)) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        state.withLock { state in
            state.sleeps.append(deadline.offset - state.now)
            state.now = max(state.now, deadline.offset)
        }
    }

    func advance(by duration: Duration) {
        state.withLock { $0.now += duration }
    }
}

import Synchronization

#if canImport(FoundationEssentials)
public import struct FoundationEssentials.Date
#else
public import struct Foundation.Date
#endif

/// A clock that goes from one sleeper's deadline to the next, as soon as nobody does anything in between.
///
/// However slow the machine is, nobody oversleeps: time stands still while there is work. There is work while somebody
/// is within a limit, while somebody was woken and has not shown up since, and shortly after each ``touch()``.
public final class EventClock: Clock, Sendable {
    public struct Instant: InstantProtocol {
        let offset: Duration

        public func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        public func duration(to other: Instant) -> Duration { other.offset - offset }
        public static func < (one: Instant, other: Instant) -> Bool { one.offset < other.offset }
    }

    private struct Sleeper {
        let deadline: Duration
        /// Whether somebody else's work should wake it before that.
        let isLimit: Bool
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Duration.zero
        var nextID = 0
        var sleepers: [Int: Sleeper] = [:]
        var lastActivity = ContinuousClock.now
        /// How often since then everybody else who is ready had a turn.
        var turns = 0
        /// How many were woken and did nothing yet.
        var drowsy = 0

        mutating func noteActivity() {
            lastActivity = .now
            turns = 0
            drowsy = max(drowsy - 1, 0)
        }
    }

    private let start: Date
    private let state = Mutex(State())

    /// Makes a clock that starts on 1 January 2026.
    public init(start: Date = Date(timeIntervalSince1970: 1_767_225_600)) {
        self.start = start
    }

    public var now: Instant { Instant(offset: state.withLock { $0.now }) }
    public var minimumResolution: Duration { .nanoseconds(1) }

    /// The moment that the clock shows.
    public var date: Date {
        let components = state.withLock { $0.now }.components
        return start.addingTimeInterval(Double(components.seconds) + Double(components.attoseconds) / 1e18)
    }

    /// Says that somebody is at work.
    public func touch() { state.withLock { $0.noteActivity() } }

    public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try await sleep(until: deadline, isLimit: false)
    }

    fileprivate func sleep(until deadline: Instant, isLimit: Bool) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result: Result<Void, any Error>? = state.withLock { state in
                    state.noteActivity()
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if deadline.offset <= state.now { return .success(()) }
                    state.sleepers[id] = Sleeper(
                        deadline: deadline.offset,
                        isLimit: isLimit,
                        continuation: continuation
                    )
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                state.noteActivity()
                return state.sleepers.removeValue(forKey: id)
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Lets time pass, until the task is cancelled.
    public func run() async {
        while (try? await Task.sleep(for: .milliseconds(1))) != nil {
            for sleeper in woken() { sleeper.continuation.resume() }
        }
    }

    private func woken() -> [Sleeper] {
        state.withLock { state in
            guard let next = state.sleepers.values.map(\.deadline).min() else { return [] }
            let limits = state.sleepers.values.filter(\.isLimit)
            let silence =
                if limits.contains(where: { $0.deadline <= next }) {
                    Self.endingSilence
                } else if !limits.isEmpty || state.drowsy > 0 {
                    Self.busySilence
                } else {
                    Self.idleSilence
                }
            state.turns += 1
            guard silence.isOver(since: state.lastActivity, state.turns) else { return [] }
            state.now = next
            state.lastActivity = .now
            state.turns = 0
            let woken = state.sleepers.filter { $0.value.deadline <= next }
            for id in woken.keys { state.sleepers[id] = nil }
            state.drowsy = woken.count
            return Array(woken.values)
        }
    }

    /// How long nobody must have worked before time goes on: on a machine that is slow, so are turns.
    private struct Silence {
        let duration: Duration
        let turns: Int

        func isOver(since last: ContinuousClock.Instant, _ turns: Int) -> Bool {
            last + duration < .now && turns >= self.turns
        }
    }

    private static let idleSilence = Silence(duration: .milliseconds(5), turns: 4)
    /// The same, where somebody has work to do, as far as is known: it may hang.
    private static let busySilence = Silence(duration: .milliseconds(100), turns: 30)
    /// The same, where going on means that somebody's work has taken too long.
    private static let endingSilence = Silence(duration: .milliseconds(300), turns: 100)

    /// The same time, for limits of what others do.
    public var limits: Limits { Limits(clock: self) }

    public struct Limits: Clock {
        fileprivate let clock: EventClock

        public var now: Instant { clock.now }
        public var minimumResolution: Duration { clock.minimumResolution }

        public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
            try await clock.sleep(until: deadline, isLimit: true)
        }
    }
}

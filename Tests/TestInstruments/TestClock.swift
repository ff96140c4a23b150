import Synchronization

#if canImport(FoundationEssentials)
public import struct FoundationEssentials.Date
#else
public import struct Foundation.Date
#endif

/// A clock that stands still until it is told to go on, so that tests of time need none.
///
/// A test waits for the code under test to fall asleep, then advances the clock: both are events, not guesses.
public final class TestClock: Clock, Sendable {
    public struct Instant: InstantProtocol {
        let offset: Duration

        public func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        public func duration(to other: Instant) -> Duration { other.offset - offset }
        public static func < (one: Instant, other: Instant) -> Bool { one.offset < other.offset }
    }

    private struct Sleeper {
        let deadline: Duration
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct Watcher {
        let id: Int
        let isWanted: @Sendable ([Duration]) -> Bool
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now = Duration.zero
        var nextID = 0
        var sleepers: [Int: Sleeper] = [:]
        var watchers: [Watcher] = []
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

    public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let id = nextID()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if deadline.offset <= state.now { return .success(()) }
                    state.sleepers[id] = Sleeper(deadline: deadline.offset, continuation: continuation)
                    return nil
                }
                if let result { continuation.resume(with: result) } else { notify() }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume(throwing: CancellationError())
            notify()
        }
    }

    /// Lets time pass, and wakes those whose time has come.
    public func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.now += duration
            let woken = state.sleepers.filter { $0.value.deadline <= state.now }
            for id in woken.keys { state.sleepers[id] = nil }
            return woken.values.sorted { $0.deadline < $1.deadline }
        }
        for sleeper in woken { sleeper.continuation.resume() }
        notify()
    }

    /// Waits until somebody sleeps for this much longer, give or take what floating point loses.
    public func waitForSleeper(of duration: Duration) async {
        await wait { $0.contains { ($0 - duration) < .milliseconds(1) && (duration - $0) < .milliseconds(1) } }
    }

    /// Waits until this many sleep.
    public func waitForSleepers(_ count: Int) async {
        await wait { $0.count == count }
    }

    /// Waits until the sleepers are as wanted, or for cancellation, so that a broken test ends.
    private func wait(_ isWanted: @escaping @Sendable ([Duration]) -> Bool) async {
        let id = nextID()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let watcher = Watcher(id: id, isWanted: isWanted, continuation: continuation)
                state.withLock { $0.watchers.append(watcher) }
                if Task.isCancelled { release(id) } else { notify() }
            }
        } onCancel: {
            release(id)
        }
    }

    private func release(_ id: Int) {
        let watcher = state.withLock { state in
            let index = state.watchers.firstIndex { $0.id == id }
            return index.map { state.watchers.remove(at: $0) }
        }
        watcher?.continuation.resume()
    }

    private func nextID() -> Int {
        state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
    }

    private func notify() {
        let satisfied = state.withLock { state in
            let remaining = state.sleepers.values.map { $0.deadline - state.now }
            let satisfied = state.watchers.filter { $0.isWanted(remaining) }
            state.watchers.removeAll { $0.isWanted(remaining) }
            return satisfied
        }
        for watcher in satisfied { watcher.continuation.resume() }
    }
}

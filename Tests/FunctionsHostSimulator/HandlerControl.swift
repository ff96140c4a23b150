import Synchronization

/// Stops and kills the program that runs at the moment.
final class HandlerControl: Sendable {
    private struct State {
        var isStopping = false
        var starts = 0
        var stop: (@Sendable () async -> Void)?
        var kill: (@Sendable () -> Void)?
        var log = ""
    }

    private let state = Mutex(State())

    /// How often the program was started.
    var starts: Int { state.withLock { $0.starts } }
    /// What the program wrote.
    var log: String { state.withLock { $0.log } }

    /// Counts one more start; `false` when there is to be none.
    func begin() -> Bool {
        state.withLock { state in
            guard !state.isStopping else { return false }
            state.starts += 1
            return true
        }
    }

    /// Says how the program that has just been started is ended.
    func follow(stop: @escaping @Sendable () async -> Void, kill: @escaping @Sendable () -> Void) async {
        let isLate = state.withLock { state in
            state.stop = stop
            state.kill = kill
            return state.isStopping
        }
        if isLate { await stop() }
    }

    func log(_ text: String) {
        state.withLock { $0.log += text }
    }

    func stop() async {
        let stop = state.withLock { state in
            state.isStopping = true
            return state.stop
        }
        await stop?()
    }

    func kill() {
        state.withLock { $0.kill }?()
    }
}

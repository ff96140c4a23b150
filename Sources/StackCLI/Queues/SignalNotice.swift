import Synchronization
import UnixSignals

/// Ctrl-C, as something that a loop looks at between two steps, and that ends a question.
///
/// Nothing is cancelled in the middle: a request for a message whose answer nobody reads would leave it locked.
final class SignalNotice: Sendable {
    private struct State {
        var isNoticed = false
        /// Those who wait, each by a stream of its own: one that was waited for and cancelled has ended for good.
        var waiting: [AsyncStream<Never>.Continuation] = []
    }

    private let state = Mutex(State())

    var isNoticed: Bool { state.withLock { $0.isNoticed } }

    func notice() {
        let waiting = state.withLock { state in
            state.isNoticed = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for one in waiting { one.finish() }
    }

    private func arrival() -> AsyncStream<Never> {
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        let isNoticed = state.withLock { state in
            if !state.isNoticed { state.waiting.append(continuation) }
            return state.isNoticed
        }
        if isNoticed { continuation.finish() }
        return stream
    }

    /// Runs a body, and notices signals meanwhile.
    static func during<Result: Sendable>(
        _ body: (SignalNotice) async throws -> Result
    ) async throws -> Result {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let notice = SignalNotice()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in signals { notice.notice() } }
            defer { group.cancelAll() }
            return try await body(notice)
        }
    }

    /// Waits for an answer, or for the end of patience.
    ///
    /// - Throws: `CancellationError` when a signal comes first; what the question throws.
    func ending(_ question: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await question() }
            let arrival = arrival()
            group.addTask {
                for await _ in arrival {}
                throw CancellationError()
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}

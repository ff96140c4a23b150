import UnixSignals

/// Ctrl-C, as something that a loop looks at between two steps, and that ends a question.
///
/// Nothing is cancelled in the middle: a request for a message whose answer nobody reads would leave it locked.
final class SignalNotice: Sendable {
    private let milestone = Milestone()
    private let (arrivals, arrival) = AsyncStream.makeStream(of: Never.self)

    var isNoticed: Bool { milestone.isReached }

    func notice() {
        milestone.reach()
        arrival.finish()
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
            group.addTask { [arrivals] in
                for await _ in arrivals {}
                throw CancellationError()
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}

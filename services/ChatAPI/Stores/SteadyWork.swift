import ServiceLifecycle

/// Does work to its end, even where the task that wants it is cancelled.
///
/// The work runs in tasks of this service, which stops after all who may still want something.
final class SteadyWork: Service {
    private typealias Job = @Sendable () async -> Void

    private let jobs: AsyncStream<Job>
    private let queue: AsyncStream<Job>.Continuation

    init() {
        (jobs, queue) = AsyncStream.makeStream()
    }

    /// Does a piece of work, as soon as the service runs.
    ///
    /// - Throws: What the work throws; `CancellationError` where the service has stopped.
    func callAsFunction<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let outcome = queue.yield {
                do {
                    continuation.resume(returning: try await work())
                } catch {
                    continuation.resume(throwing: error)
                }
            }
            guard case .enqueued = outcome else { return continuation.resume(throwing: CancellationError()) }
        }
    }

    /// What was asked for before the end is done; what comes later is refused.
    func run() async {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for await job in jobs { group.addTask { await job() } }
            }
        } onGracefulShutdown: {
            self.queue.finish()
        }
    }
}

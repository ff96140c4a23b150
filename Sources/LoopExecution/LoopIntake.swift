import NIOCore
import NIOPosix

/// Hands work to tasks on the event loop where it comes up, so that none of it changes threads on its way.
///
/// One task that took it all in would have to be woken on its own loop for each piece, and wake another one in turn.
public struct LoopIntake<Work: Sendable>: Sendable {
    /// What becomes of the work in hand when no more is taken.
    public enum Rest: Sendable {
        case isAwaited
        case isCancelled
    }

    private struct Lane: Sendable {
        let executor: LoopExecutor
        let works: AsyncStream<Work>
        let queue: AsyncStream<Work>.Continuation

        init(_ loop: any EventLoop) {
            executor = LoopExecutor.of(loop)
            (works, queue) = AsyncStream.makeStream()
        }
    }

    private let lanes: [ObjectIdentifier: Lane]

    public init() {
        let loops = Array(MultiThreadedEventLoopGroup.singleton.makeIterator())
        lanes = Dictionary(loops.map { (ObjectIdentifier($0), Lane($0)) }) { first, _ in first }
    }

    /// Takes a piece of work to the loop that this is called on, or to any.
    ///
    /// - Returns: Whether it will be done; not after the end.
    public func take(_ work: Work) -> Bool {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        guard case .enqueued = lanes[ObjectIdentifier(loop)]?.queue.yield(work) else { return false }
        return true
    }

    /// Takes nothing more.
    public func finish() {
        for lane in lanes.values { lane.queue.finish() }
    }

    /// Does the work, each piece in a task of its own, until no more is taken and all is done.
    ///
    /// - Parameters:
    ///   - rest: What becomes of the work in hand when no more is taken.
    ///   - handle: Does a piece of work.
    public func run(_ rest: Rest, _ handle: @escaping @Sendable (Work) async -> Void) async {
        await withDiscardingTaskGroup { group in
            for lane in lanes.values {
                group.addTask(executorPreference: lane.executor) {
                    await withDiscardingTaskGroup { tasks in
                        for await work in lane.works { tasks.addTask { await handle(work) } }
                        switch rest {
                        case .isAwaited: break
                        case .isCancelled: tasks.cancelAll()
                        }
                    }
                }
            }
        }
    }
}

public import NIOCore
import NIOPosix
import Synchronization

/// Runs tasks on the thread of an event loop.
///
/// There is one for each loop. Its tasks stand in a line of their own, and the loop is told once that there is one,
/// however many tasks follow: what tasks of a loop wake each other for costs no more than a place in that line.
public final class LoopExecutor: TaskExecutor {
    private struct Line {
        var jobs: [UnownedJob] = []
        /// Whether the loop works through the line, or is about to.
        var isAwake = false
    }

    private static let executors = Mutex<[ObjectIdentifier: LoopExecutor]>([:])

    private let loop: any EventLoop
    private let line = Mutex(Line())

    private init(_ loop: any EventLoop) {
        self.loop = loop
    }

    /// The executor of a loop, which lives as long as the process.
    public static func of(_ loop: any EventLoop) -> LoopExecutor {
        executors.withLock { executors in
            let key = ObjectIdentifier(loop)
            if let executor = executors[key] { return executor }
            let executor = LoopExecutor(loop)
            executors[key] = executor
            return executor
        }
    }

    /// An executor for work that belongs to no connection.
    public static var any: LoopExecutor { of(MultiThreadedEventLoopGroup.singleton.any()) }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isFirst = line.withLock { line in
            line.jobs.append(job)
            defer { line.isAwake = true }
            return !line.isAwake
        }
        if isFirst { loop.execute { self.work() } }
    }

    private func work() {
        var jobs: [UnownedJob] = []
        while takeJobs(into: &jobs) {
            for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }

    /// Takes all that stand in line; the array is used again, so that a busy loop needs no memory.
    ///
    /// - Returns: Whether there are any.
    private func takeJobs(into jobs: inout [UnownedJob]) -> Bool {
        jobs.removeAll(keepingCapacity: true)
        return line.withLock { line in
            swap(&line.jobs, &jobs)
            line.isAwake = !jobs.isEmpty
            return line.isAwake
        }
    }
}

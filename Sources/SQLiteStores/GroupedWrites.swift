public import GRDB
import Synchronization

/// Puts what many tasks want to write at the same time into one transaction, for a commit waits for the disk.
///
/// Nothing waits on purpose: who comes while a transaction is being written goes into the next.
public final class GroupedWrites<Work: Sendable, Outcome: Sendable>: Sendable {
    private typealias Waiter = (work: Work, continuation: CheckedContinuation<Outcome, any Error>)

    private let writer: any DatabaseWriter
    private let perform: @Sendable (Work, Database) throws -> Outcome
    private let waiting = Mutex<[Waiter]>([])

    /// Brings a database and what is done in it together.
    ///
    /// - Parameters:
    ///   - writer: The database.
    ///   - perform: Does one piece of work; what it throws undoes the transaction, and fails all that are in it.
    public init(in writer: any DatabaseWriter, _ perform: @escaping @Sendable (Work, Database) throws -> Outcome) {
        self.writer = writer
        self.perform = perform
    }

    /// Does a piece of work; it is on disk when this returns, even in a task that is cancelled meanwhile.
    public func callAsFunction(_ work: Work) async throws -> Outcome {
        try await withCheckedThrowingContinuation { continuation in
            let isFirst = waiting.withLock { waiting in
                waiting.append((work, continuation))
                return waiting.count == 1
            }
            // The others are taken along by the transaction that the first has asked for.
            if isFirst { writer.asyncWriteWithoutTransaction { [self] in commit(in: $0) } }
        }
    }

    /// How many wait for the next transaction.
    public var waitingCount: Int { waiting.withLock { $0.count } }

    private func commit(in database: Database) {
        let group = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        do {
            var outcomes: [Outcome] = []
            outcomes.reserveCapacity(group.count)
            try database.inTransaction(.immediate) {
                for (work, _) in group { outcomes.append(try perform(work, database)) }
                return .commit
            }
            for (waiter, outcome) in zip(group, outcomes) { waiter.continuation.resume(returning: outcome) }
        } catch {
            for waiter in group { waiter.continuation.resume(throwing: error) }
        }
    }
}

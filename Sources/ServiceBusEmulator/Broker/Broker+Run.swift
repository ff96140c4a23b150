import Logging
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Broker {
    /// The longest sleep, in seconds, while something is due; bounds the harm of a wall clock that is set.
    private static let longestSleep = 60.0
    /// The pause after a transaction that failed, in seconds.
    private static let pauseAfterFailure = 1.0

    /// What a transaction leaves behind.
    private struct Outcome: Sendable {
        let waiting: WaitingReceivers
        let completions: [@Sendable () -> Void]
        let nextDue: Double?
    }

    /// Does what is asked for and what time brings, until ``finish()`` or cancellation.
    func run(in database: BrokerDatabase, logger: Logger) async {
        var waiting = WaitingReceivers()
        while !Task.isCancelled {
            let (isFinishing, acceptsWaits) = state.withLock { ($0.isFinishing, $0.acceptsWaits) }
            let batch = nextBatch()
            if batch.isEmpty, isFinishing { break }
            do {
                let outcome = try await transaction(batch, waiting, acceptsWaits, in: database)
                waiting = outcome.waiting
                for completion in outcome.completions { completion() }
                await sleep(until: outcome.nextDue)
            } catch {
                logger.error("The broker could not write", metadata: ["error": "\(error)"])
                for operation in batch { operation.fail(error) }
                await sleep(until: now().timeIntervalSince1970 + Self.pauseAfterFailure)
            }
        }
        stop(&waiting)
    }

    private func transaction(
        _ batch: [BrokerOperation],
        _ waiting: WaitingReceivers,
        _ acceptsWaits: Bool,
        in database: BrokerDatabase
    ) async throws -> Outcome {
        let (entities, now) = (entities, now().timeIntervalSince1970)
        return try await database.write { [index = database.index] db in
            var turn = Turn(
                store: MessageStore(db: db),
                index: index,
                entities: entities,
                now: now,
                acceptsWaits: acceptsWaits,
                waiting: waiting
            )
            try turn.run(batch)
            return Outcome(waiting: turn.waiting, completions: turn.completions, nextDue: try turn.nextDue())
        }
    }

    /// Waits for the bell or the moment, whichever comes first.
    private func sleep(until due: Double?) async {
        guard !bell.hasRung else { return bell.silence() }
        guard let due else { return await bell.wait() }
        let seconds = min(due - now().timeIntervalSince1970, Self.longestSleep)
        guard seconds > 0 else { return }
        let (bell, clock) = (bell, clock)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await bell.wait() }
            group.addTask { try? await clock.sleep(for: .seconds(seconds)) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Answers everybody who still waits for something.
    private func stop(_ waiting: inout WaitingReceivers) {
        let pending = state.withLock { state in
            state.isStopped = true
            defer { state.pending = [] }
            return state.pending
        }
        for operation in pending { operation.fail(BrokerError.stopped) }
        for waiter in waiting.removeExpired(now: .infinity) { waiter.resume(.success(nil)) }
    }
}

import Logging
import Messaging
import ServiceLifecycle

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Wakes schedules whose message got lost: their author's request was cut off, or the message became a dead letter.
struct SweepSchedules: Sendable {
    let store: any ScheduleStore
    let queue: any MessageSender
    let logger: Logger
    let now: @Sendable () -> Date

    /// How long a request may take to arm what it made.
    private static let armingTime: TimeInterval = 300
    /// Later than any message that is still being tried.
    private static let overdueTime: TimeInterval = 1200
    private static let pageSize = 100

    func sweep() async throws {
        let now = now()
        let neglect = Neglect(
            unarmedAndCreatedBefore: now - Self.armingTime,
            dueBefore: now - Self.overdueTime
        )
        // The queue may remember the message that got lost, but it takes another one each day.
        let day = Int((now.timeIntervalSince1970 / 86_400).rounded(.down))
        var continuation: String?
        repeat {
            let page = try await store.neglected(neglect, after: continuation, limit: Self.pageSize)
            for stored in page.schedules { try await wake(stored, attempt: "\(day)") }
            continuation = page.continuation
        } while continuation != nil
    }

    private func wake(_ stored: StoredSchedule, attempt: String) async throws {
        try await queue.send([DueMessage(for: stored.schedule).message(attempt: attempt)])
        logger.notice("woke a neglected schedule", metadata: ["schedule": "\(stored.schedule.id)"])
        guard !stored.schedule.isArmed else { return }
        var schedule = stored.schedule
        schedule.isArmed = true
        do {
            _ = try await store.replace(stored, with: schedule)
        } catch ScheduleStoreError.changed {
            // It has moved on, so it is awake.
        }
    }
}

/// Sweeps once when the process starts, and then only waits for its end.
struct StartupSweep: Service {
    let sweep: SweepSchedules

    func run() async throws {
        await cancelWhenGracefulShutdown {
            do {
                try await sweep.sweep()
            } catch {
                // The daily one comes; and a broker or store that is away is no reason not to start.
                sweep.logger.warning("sweep failed", metadata: ["error": "\(type(of: error))"])
            }
        }
        try? await gracefulShutdown()
    }
}

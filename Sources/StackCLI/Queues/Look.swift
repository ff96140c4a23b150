import Messaging

/// Takes messages one after the other, each once, and gives back those that nobody has settled.
///
/// The HTTP interface has no way to look at a message without taking it, and each taking counts as a delivery. So that
/// no message is met twice all are held until the last was taken; that is why there are limits.
/// Source: learn.microsoft.com/rest/api/servicebus/peek-lock-message-non-destructive-read
struct Look: Sendable {
    let receiver: any MessageReceiver
    let place: MessagePlace
    /// How many messages to take.
    let limit: Int
    /// How long the broker may look for the next one.
    var wait: Duration = .zero
    var now: @Sendable () -> ContinuousClock.Instant = { .now }

    /// Why no more messages were taken.
    enum End: Sendable, Hashable {
        case empty
        case limit
        /// The locks of the first ones would have run out.
        case time
        case interrupted
        /// The last message had no delivery left, and becomes a dead letter.
        case lastDelivery
    }

    struct Report: Sendable, Hashable {
        var taken = 0
        var end = End.limit
        /// How many could not be given back, and come back when their locks run out.
        var unreturned = 0
        /// The ids of those with one delivery left, which the next look would use up.
        var exhausted: [String] = []
    }

    /// Takes messages, and shows each.
    ///
    /// - Parameters:
    ///   - notice: Ends it early.
    ///   - use: What to do with a message; `true` where it is settled.
    /// - Returns: What became of it.
    /// - Throws: ``MessagingError``, and what `use` throws; what was taken is given back first.
    func run(until notice: SignalNotice, _ use: (ReceivedMessage) async throws -> Bool) async throws -> Report {
        var report = Report()
        var held: [MessageLock] = []
        do {
            try await take(until: notice, &report, &held, use)
        } catch {
            _ = await giveBack(held)
            throw error
        }
        report.unreturned = await giveBack(held)
        return report
    }

    private func take(
        until notice: SignalNotice,
        _ report: inout Report,
        _ held: inout [MessageLock],
        _ use: (ReceivedMessage) async throws -> Bool
    ) async throws {
        // Half of the time is left to give them back.
        let holding = Duration.seconds(place.lockSeconds) / 2
        var deadline: ContinuousClock.Instant?
        while report.taken < limit {
            if notice.isNoticed { return report.end = .interrupted }
            let start = now()
            if let deadline, start >= deadline { return report.end = .time }
            guard let message = try await receiver.receive(waitingAtMost: wait) else { return report.end = .empty }
            report.taken += 1
            held.append(message.lock)
            if try await use(message) {
                held.removeLast()
                continue
            }
            deadline = deadline ?? start + holding
            guard let spare = place.maxDeliveries.map({ $0 - message.deliveryCount }) else { continue }
            if spare == 1 { report.exhausted.append(message.id) }
            // Those behind it may be no better.
            if spare <= 0 { return report.end = .lastDelivery }
        }
    }

    /// Gives messages back, and counts those for which that failed.
    private func giveBack(_ locks: [MessageLock]) async -> Int {
        await withTaskGroup(of: Bool.self) { group in
            for lock in locks {
                group.addTask {
                    do { try await receiver.abandon(lock) } catch { return false }
                    return true
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 0 : 1) }
        }
    }
}

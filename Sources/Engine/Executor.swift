/// Carries out steps, each as soon as all it waits for has succeeded and its lane is free.
///
/// Followers of a step that failed are skipped; all others go on. When the task is cancelled, no further step starts,
/// and those that run are cancelled.
package struct Executor<ID: Hashable & Comparable & Sendable, Time: Clock<Duration>>: Sendable {
    /// What happens to steps, in the order of happening.
    package enum Event: Sendable {
        case started(ID)
        case succeeded(ID, after: Duration)
        case failed(ID, any Error, after: Duration)
        case skipped(ID, because: ID)
    }

    /// How it ended.
    package struct Outcome: Sendable, Hashable {
        package var succeeded: Set<ID> = []
        package var failed: Set<ID> = []
        package var skipped: Set<ID> = []
        /// What was never started, because of a circle or of a cancellation.
        package var untouched: Set<ID> = []
    }

    private let clock: Time
    private let report: @Sendable (Event) -> Void
    private let perform: @Sendable (ID) async throws -> Void

    /// Prepares to carry out steps.
    ///
    /// - Parameters:
    ///   - clock: What times the steps.
    ///   - report: Called with every event, one at a time.
    ///   - perform: Does one step.
    package init(
        clock: Time,
        report: @escaping @Sendable (Event) -> Void,
        perform: @escaping @Sendable (ID) async throws -> Void
    ) {
        self.clock = clock
        self.report = report
        self.perform = perform
    }

    package func run(_ items: [Schedule<ID>.Item]) async -> Outcome {
        var schedule = Schedule(items)
        var outcome = Outcome(untouched: Set(items.map(\.id)))
        await withTaskGroup(of: (ID, Duration, (any Error)?).self) { group in
            var decisions = schedule.start()
            while true {
                for decision in decisions {
                    switch decision {
                    case .start(let id):
                        // Cancelled, the steps that run still tell their end, and nothing new begins.
                        guard !Task.isCancelled else { continue }
                        outcome.untouched.remove(id)
                        report(.started(id))
                        group.addTask { await timed(id) }
                    case .skip(let id, let culprit):
                        outcome.untouched.remove(id)
                        outcome.skipped.insert(id)
                        report(.skipped(id, because: culprit))
                    }
                }
                guard let (id, duration, error) = await group.next() else { break }
                if let error {
                    outcome.failed.insert(id)
                    report(.failed(id, error, after: duration))
                } else {
                    outcome.succeeded.insert(id)
                    report(.succeeded(id, after: duration))
                }
                decisions = schedule.finished(id, succeeded: error == nil)
            }
        }
        return outcome
    }

    private func timed(_ id: ID) async -> (ID, Duration, (any Error)?) {
        let start = clock.now
        do {
            try await perform(id)
            return (id, start.duration(to: clock.now), nil)
        } catch {
            return (id, start.duration(to: clock.now), error)
        }
    }
}

extension Executor where Time == ContinuousClock {
    /// Prepares to carry out steps, timed by the clock of this machine.
    package init(
        report: @escaping @Sendable (Event) -> Void,
        perform: @escaping @Sendable (ID) async throws -> Void
    ) {
        self.init(clock: ContinuousClock(), report: report, perform: perform)
    }
}

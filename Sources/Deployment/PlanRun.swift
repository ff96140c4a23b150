import Azure
import Engine
import Planning
import Renderers
import Synchronization

/// Carries out the operations of a plan, and tells it by resource.
struct PlanRun: Sendable {
    let plan: Plan
    let runner: StepRunner

    /// Runs every operation as early as its order allows.
    ///
    /// - Parameters:
    ///   - clock: What times the steps.
    ///   - interrupted: Returns when somebody interrupts, and ends when it is cancelled.
    /// - Returns: How it ended; a step that was interrupted counts as untouched.
    func carryOut<Time: Clock<Duration>>(
        on clock: Time,
        interrupted: @escaping @Sendable () async -> Interruption?
    ) async -> DeploymentSummary {
        let steps = Dictionary(uniqueKeysWithValues: plan.steps.map { ($0.id, $0) })
        let start = clock.now
        let account = Mutex(RunAccount(plan))
        let executor = Executor<Plan.Operation.ID, Time>(clock: clock) { event in
            let events = account.withLock { $0.take(event, at: start.duration(to: clock.now)) }
            for event in events { runner.report(event) }
        } perform: { id in
            guard let step = steps[id.resource] else { return }
            try await StepContext.$resource.withValue(step.id) {
                switch id.phase {
                case .write: try await runner.write(step.id, step.type)
                case .delete: try await runner.delete(step.id, step.type)
                case .verify: try await runner.verify(step.id)
                }
            }
        }
        let items = plan.operations.map { Schedule.Item($0.id, after: $0.after, lane: $0.lane) }
        let interruption = await withTaskGroup(of: Interruption?.self) { group in
            group.addTask {
                _ = await executor.run(items)
                return nil
            }
            group.addTask { await interrupted() }
            let first = await group.next() ?? nil
            group.cancelAll()
            await group.waitForAll()
            return first
        }
        if interruption == .cancel { await withdraw(account.withLock { $0.halfMade }) }
        return account.withLock { $0.summary(elapsed: start.duration(to: clock.now)) }
    }
}

extension PlanRun {
    /// Deletes what was being made when somebody interrupted, as far as Azure lets it.
    private func withdraw(_ halfMade: [Plan.Step]) async {
        await withDiscardingTaskGroup { group in
            for step in halfMade {
                group.addTask {
                    runner.report(.started(step.id, .deleting))
                    let elapsed = runner.session.connection.time.stopwatch()
                    do {
                        try await runner.delete(step.id, step.type)
                        runner.report(.succeeded(step.id, after: elapsed()))
                    } catch {
                        runner.report(.failed(step.id, DeploymentProblem(error), after: elapsed()))
                    }
                }
            }
        }
    }
}

/// What has happened in a run so far, folded from the events of operations: a replacement is two of
/// them, and what ends with its parent is none.
struct RunAccount: Sendable {
    private let operations: [Plan.Operation.ID: Plan.Operation]
    private let activities: [String: DeploymentEvent.Activity]
    private var open: [String: Int]
    /// Steps without an operation, by the resource with which they end.
    private var dependents: [String: [String]]
    private var starts: [Plan.Operation.ID: Duration] = [:]
    private var spans: [Plan.Operation.ID: CriticalPath<Plan.Operation.ID>.Span] = [:]
    private var begun: [String: Duration] = [:]
    private var summary = DeploymentSummary()
    private let steps: [String: Plan.Step]
    /// What was being made when somebody interrupted.
    private(set) var halfMade: [Plan.Step] = []

    init(_ plan: Plan) {
        self.operations = Dictionary(uniqueKeysWithValues: plan.operations.map { ($0.id, $0) })
        self.activities = Dictionary(uniqueKeysWithValues: plan.steps.map { ($0.id, $0.activity) })
        self.open = plan.operations.reduce(into: [:]) { $0[$1.id.resource, default: 0] += 1 }
        self.steps = Dictionary(uniqueKeysWithValues: plan.steps.map { ($0.id, $0) })
        self.summary.untouched = Set(plan.steps.map(\.id))
        self.dependents = Self.dependents(of: plan)
    }

    /// For each resource that is deleted, what goes with it.
    private static func dependents(of plan: Plan) -> [String: [String]] {
        let deletions = Dictionary(
            plan.operations.filter { $0.id.phase == .delete }.map { ($0.id.resource.lowercased(), $0.id.resource) }
        ) { first, _ in first }
        let active = Set(plan.operations.map(\.id.resource))
        var dependents: [String: [String]] = [:]
        for step in plan.steps where !active.contains(step.id) {
            var ancestor = step.id.lowercased()[...]
            while let slash = ancestor.lastIndex(of: "/") {
                ancestor = ancestor[..<slash]
                guard let id = deletions[String(ancestor)] else { continue }
                dependents[id, default: []].append(step.id)
                break
            }
        }
        return dependents
    }

    /// Takes note of what happened to an operation.
    ///
    /// - Returns: What that means for its resource.
    mutating func take<Time>(_ event: Executor<Plan.Operation.ID, Time>.Event, at now: Duration) -> [DeploymentEvent] {
        switch event {
        case .started(let id):
            starts[id] = now
            guard begun[id.resource] == nil else { return [] }
            begun[id.resource] = now
            return [.started(id.resource, activities[id.resource] ?? .updating)]
        case .succeeded(let id, _):
            end(id, at: now)
            open[id.resource, default: 0] -= 1
            let gone = id.phase == .delete ? dependents[id.resource] ?? [] : []
            let ended = gone + (open[id.resource] == 0 ? [id.resource] : [])
            summary.untouched.subtract(ended)
            summary.succeeded.formUnion(ended)
            return gone.map { .started($0, .deleting) }
                + ended.map { .succeeded($0, after: now - (begun[$0] ?? now)) }
        case .failed(let id, let error, _):
            end(id, at: now)
            guard !(error is CancellationError) else {
                if let step = steps[id.resource], case .create = step.action { halfMade.append(step) }
                return []
            }
            let problem = DeploymentProblem(error)
            summary.untouched.remove(id.resource)
            summary.failed[id.resource] = problem
            return [.failed(id.resource, problem, after: now - (begun[id.resource] ?? now))]
        case .skipped(let id, let culprit):
            // The second task of a replacement whose first has failed.
            guard summary.failed[id.resource] == nil, summary.skipped[id.resource] == nil else { return [] }
            summary.untouched.remove(id.resource)
            summary.skipped[id.resource] = culprit.resource
            return [.skipped(id.resource, because: culprit.resource)]
        }
    }

    private mutating func end(_ id: Plan.Operation.ID, at now: Duration) {
        let operation = operations[id]
        spans[id] = .init(start: starts[id] ?? now, end: now, after: operation?.after ?? [], lane: operation?.lane)
    }

    func summary(elapsed: Duration) -> DeploymentSummary {
        var summary = summary
        summary.elapsed = elapsed
        summary.criticalPath = CriticalPath.steps(spans).compactMap { id in
            spans[id].map { .init(id: id.resource, duration: $0.end - $0.start) }
        }
        return summary
    }
}

extension Plan.Step {
    fileprivate var activity: DeploymentEvent.Activity {
        switch (type, action) {
        case (_, .delete): .deleting
        case (.image, _): .pushing
        case (.package, _): .publishing
        case (_, .create): .creating
        case (_, .update): .updating
        case (_, .replace): .replacing
        }
    }
}

import Planning

/// How far a deployment is: what its events have told so far.
///
/// Plain state without a clock: every event comes with the time since the start.
struct DeploymentProgress: Sendable, Hashable {
    private(set) var steps: [Step]
    /// The wait of a request that belongs to no step.
    private(set) var pause: Pause?
    private var places: [String: Int]

    /// One resource of the plan, in the order of the tree: below the resource that it is part of.
    struct Step: Sendable, Hashable {
        let id: String
        let name: ResourceName
        /// How many resources of the plan it stands in.
        let depth: Int
        var state = State.planned
    }

    enum State: Sendable, Hashable {
        case planned
        case running(DeploymentEvent.Activity, since: Duration, Pause?)
        case succeeded(DeploymentEvent.Activity?, after: Duration, at: Duration)
        case failed(DeploymentProblem, after: Duration)
        case skipped(because: String)
    }

    /// A wait, with the moment at which it ends.
    struct Pause: Sendable, Hashable {
        let end: Duration
        let reason: String
    }

    /// How many steps there are of each kind.
    struct Counts: Sendable, Hashable {
        var planned = 0
        var running = 0
        var succeeded = 0
        var failed = 0
        var skipped = 0

        var all: Int { planned + running + succeeded + failed + skipped }
    }

    init(_ plan: Plan) {
        self.steps = ResourceTree(plan.steps).rows.map { Step(id: $0.step.id, name: .init($0.step), depth: $0.depth) }
        self.places = Dictionary(steps.enumerated().map { ($1.id, $0) }) { first, _ in first }
    }

    var counts: Counts { Counts(steps) }

    /// Takes note of an event; what a step says after its end is no longer heard.
    mutating func apply(_ event: DeploymentEvent, at time: Duration) {
        switch event {
        case .started(let id, let activity): change(id) { _ in .running(activity, since: time, nil) }
        case .waiting(let id?, let wait, let reason):
            let pause = Pause(end: time + wait, reason: reason)
            change(id) { state in
                guard case .running(let activity, let since, _) = state else { return state }
                return .running(activity, since: since, pause)
            }
        case .waiting(nil, let wait, let reason): pause = Pause(end: time + wait, reason: reason)
        case .succeeded(let id, let duration):
            change(id) { .succeeded($0.activity, after: duration, at: time) }
        case .failed(let id, let problem, let duration): change(id) { _ in .failed(problem, after: duration) }
        case .skipped(let id, let culprit): change(id) { _ in .skipped(because: culprit) }
        case .noted: break
        }
    }

    private mutating func change(_ id: String, _ next: (State) -> State) {
        let place = place(of: id)
        guard !steps[place].state.isFinal else { return }
        steps[place].state = next(steps[place].state)
    }

    /// A step that nobody planned gets a place at the end.
    private mutating func place(of id: String) -> Int {
        if let place = places[id] { return place }
        steps.append(Step(id: id, name: ResourceName(id: id), depth: 0))
        places[id] = steps.count - 1
        return steps.count - 1
    }
}

extension DeploymentProgress.State {
    var isFinal: Bool {
        switch self {
        case .planned, .running: false
        case .succeeded, .failed, .skipped: true
        }
    }

    var activity: DeploymentEvent.Activity? {
        switch self {
        case .running(let activity, _, _): activity
        case .succeeded(let activity, _, _): activity
        case .planned, .failed, .skipped: nil
        }
    }
}

extension DeploymentProgress.Counts {
    init(_ steps: some Sequence<DeploymentProgress.Step>) {
        for step in steps {
            switch step.state {
            case .planned: planned += 1
            case .running: running += 1
            case .succeeded: succeeded += 1
            case .failed: failed += 1
            case .skipped: skipped += 1
            }
        }
    }

    /// `1 failed, 2 skipped, 3 running, 12 done, 20 to come`; what there is none of is not mentioned.
    var words: String {
        let parts = [
            (failed, "failed"), (skipped, "skipped"), (running, "running"), (succeeded, "done"), (planned, "to come"),
        ]
        return parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }
}

extension DeploymentEvent.Activity {
    /// What was done, once it is done.
    var past: String {
        switch self {
        case .creating: "created"
        case .updating: "changed"
        case .deleting: "deleted"
        case .replacing: "replaced"
        case .pushing: "pushed"
        case .publishing: "published"
        case .adopting: "done by another deployment"
        }
    }

    /// What is being done.
    var present: String {
        switch self {
        case .creating: "creating"
        case .updating: "changing"
        case .deleting: "deleting"
        case .replacing: "replacing"
        case .pushing: "pushing"
        case .publishing: "publishing"
        case .adopting: "following another deployment"
        }
    }
}

package import StackGraph

/// How many replicas run, and what changes their number.
///
/// Source of the rules: learn.microsoft.com/azure/container-apps/scale-app
public struct Scale: Sendable {
    package let replicas: ClosedRange<Int>
    package let triggers: [Trigger]
    package let problemValues: [(property: String, value: Int, allowed: ClosedRange<Int>)]

    /// Always the same number of replicas; 1 to 1,000.
    public static func fixed(_ count: Int) -> Scale {
        Scale(minimum: count, limit: count, triggers: [])
    }

    /// At least one replica, and more under load, up to 1,000.
    public static func warm(upTo limit: Int, on first: LoadTrigger, _ rest: LoadTrigger...) -> Scale {
        Scale(minimum: 1, limit: limit, triggers: ([first] + rest).map(\.trigger))
    }

    /// No replica while idle.
    ///
    /// A wake trigger is required: without one nothing would ever start again.
    public static func toZero(upTo limit: Int, when first: WakeTrigger, _ rest: WakeTrigger...) -> Scale {
        Scale(minimum: 0, limit: limit, triggers: ([first] + rest).map(\.trigger))
    }

    private init(minimum: Int, limit: Int, triggers: [Trigger]) {
        self.replicas = min(minimum, max(limit, 0))...max(limit, 0)
        self.triggers = triggers
        let values = [("replicas", limit, 1...1000)] + triggers.map(\.limits)
        self.problemValues = values.filter { !$0.2.contains($0.1) }
    }

    func problems(_ id: ResourceID) -> [Problem] {
        problemValues.map { .badValue(id, property: $0.property, value: $0.value, allowed: $0.allowed) }
    }
}

/// An event that the platform can see while no replica runs.
public struct WakeTrigger: Sendable {
    package let trigger: Trigger

    /// Wakes at the first request, and asks for one replica per `count` requests at once.
    public static func requests(perReplica count: Int) -> WakeTrigger {
        WakeTrigger(trigger: .http(concurrency: count))
    }
}

/// A measure of running replicas.
///
/// It says nothing while there are none, so it cannot wake a service.
public struct LoadTrigger: Sendable {
    package let trigger: Trigger

    /// Asks for more replicas when they use more than this share of their processors.
    public static func cpu(percent: Int) -> LoadTrigger {
        LoadTrigger(trigger: .cpu(percent: percent))
    }

    /// Asks for one replica per `count` requests at once.
    public static func requests(perReplica count: Int) -> LoadTrigger {
        LoadTrigger(trigger: .http(concurrency: count))
    }
}

extension Trigger {
    fileprivate var limits: (String, Int, ClosedRange<Int>) {
        switch self {
        case .http(let concurrency): ("requests per replica", concurrency, 1...100_000)
        case .backlog(_, let count): ("backlog per replica", count, 1...1_000_000)
        case .cpu(let percent): ("cpu percent", percent, 1...100)
        }
    }
}

import StackGraph

/// For how many seconds of a month the replicas of a container run, and for how many of these they work.
struct ReplicaTime: Hashable {
    let active: Double
    let idle: Double

    /// How long a replica stays after the last request or message.
    ///
    /// Source: learn.microsoft.com/azure/container-apps/scale-app#scale-behavior
    static let cooldownSeconds = 300.0

    /// An app that never sleeps is idle between its work; one that sleeps is billed as active while it is up.
    ///
    /// Source: learn.microsoft.com/azure/container-apps/billing#consumption-plan
    init(_ app: ContainerAppNode, _ usage: Usage) {
        let isWeb = app.port != nil
        let count = isWeb ? usage.requests : usage.messages
        let seconds = isWeb ? usage.secondsPerRequest : usage.secondsPerMessage
        let work = count * seconds
        let least = Usage.secondsPerMonth * Double(app.replicas.lowerBound)
        let most = Usage.secondsPerMonth * Double(app.replicas.upperBound)
        // As many replicas as the triggers ask for when all of it comes together.
        let crowded = min(work / app.workPerReplica, most)
        if app.replicas.lowerBound == 0 {
            // Each request keeps a replica up for a while, and together no longer than there is traffic.
            let awake = min(usage.busySeconds, count * (seconds + Self.cooldownSeconds))
            self.active = min(max(awake, crowded), most)
            self.idle = 0
        } else {
            let total = max(least, crowded)
            let spread = min(work, usage.busySeconds * Double(app.replicas.lowerBound))
            self.active = min(max(spread, crowded), total)
            self.idle = total - active
        }
    }
}

extension ContainerAppNode {
    /// How many requests or messages a replica handles at once before there is another.
    fileprivate var workPerReplica: Double {
        let counts = triggers.compactMap { trigger -> Int? in
            switch trigger {
            case .http(let concurrency): concurrency
            case .backlog(_, let perReplica): perReplica
            case .cpu: nil
            }
        }
        return Double(max(counts.min() ?? 1, 1))
    }
}

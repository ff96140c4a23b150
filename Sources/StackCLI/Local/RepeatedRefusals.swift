import Supervisor

/// Which services cannot use their configuration, so that it is said of each once, however often it is tried again.
struct RepeatedRefusals {
    private var services: Set<String> = []

    /// Takes note of a change, and says whether it is only the same refusal again.
    mutating func repeats(_ status: ServiceStatus) -> Bool {
        switch status.state {
        case .restarting(_, let reason) where reason.isConfiguration: return !services.insert(status.name).inserted
        case .restarting, .healthy: services.remove(status.name)
        case .waiting, .starting, .asleep, .waking, .unhealthy, .stopping, .stopped: break
        }
        return false
    }
}

import JSONText
import Supervisor

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A line about the sleep of a service among those that it writes itself, and in their form.
struct SleepNote {
    let line: String

    /// The note of a change; `nil` where it has to do with no sleep.
    init?(_ status: ServiceStatus, at time: Date = .now) {
        switch status.state {
        // It is told twice, the first time before there is a process.
        case .waking where status.processID == nil: return nil
        case .asleep, .waking:
            let entry: JSON = [
                "time": .string(time.formatted(.iso8601)), "level": "info", "service": .string(status.name),
                "message": .string(status.state.word),
            ]
            line = entry.text
        case .waiting, .starting, .healthy, .unhealthy, .restarting, .stopping, .stopped: return nil
        }
    }
}

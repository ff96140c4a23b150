import Supervisor

/// Whether a start has succeeded, may still, or will not.
enum StartVerdict: Equatable {
    case up
    case pending
    /// These services are why it will not.
    case failed([ServiceStatus])

    /// An end for want of a usable configuration may be bad luck once, as when a process that ends still holds a store.
    private static let tries = 2

    /// Judges what a supervisor says of its services.
    ///
    /// - Parameters:
    ///   - services: How they are; `nil` as long as it has said nothing.
    ///   - isLate: Whether they have had all the time that a start may take.
    init(_ services: [ServiceStatus]?, isLate: Bool) {
        let missing = services?.filter { !$0.isUp }
        let hopeless = (missing ?? []).filter { $0.restarts >= Self.tries && $0.lacksConfiguration }
        self =
            if missing?.isEmpty == true {
                .up
            } else if !hopeless.isEmpty {
                .failed(hopeless)
            } else if isLate {
                .failed((missing ?? []).filter { !$0.waits })
            } else {
                .pending
            }
    }
}

extension ServiceStatus {
    /// Whether it is healthy, or would be if somebody needed it.
    fileprivate var isUp: Bool {
        switch state {
        case .healthy, .asleep, .waking: true
        case .waiting, .starting, .unhealthy, .restarting, .stopping, .stopped: false
        }
    }

    /// Whether it is held up by others alone.
    fileprivate var waits: Bool {
        if case .waiting = state { true } else { false }
    }

    /// Whether it last ended because its configuration cannot be used.
    var lacksConfiguration: Bool { lastEnd?.isConfiguration ?? false }

    /// Why it is not up, in one sentence.
    var hindrance: String {
        let repeated =
            switch restarts {
            case 0: ""
            case 1: ", after one restart"
            default: ", after \(restarts) restarts"
            }
        return if let lastEnd {
            "\(name) does not stay up: \(lastEnd.words)\(repeated)."
        } else {
            "\(name) does not answer."
        }
    }
}

/// Where a supervised process stands.
public enum ServiceState: Sendable, Hashable {
    case waiting(for: [String])
    case starting
    /// Nobody needs it, and it is started when somebody does.
    case asleep
    /// Starts because somebody needs it.
    case waking
    /// Answers; the time is that from start to first answer, in milliseconds.
    case healthy(startMilliseconds: Int)
    /// Runs, but has not answered for a while.
    case unhealthy
    case restarting(attempt: Int, reason: ExitReason)
    case stopping
    case stopped
}

/// How a process ended.
public enum ExitReason: Sendable, Hashable {
    case exit(code: Int)
    case signal(Int)
    case hung
    case failedToStart(String)

    /// Whether its configuration cannot be used, which does not mend itself (the number is that of `sysexits.h`).
    public var isConfiguration: Bool { self == .exit(code: 78) }

    /// The reason in a few words.
    public var words: String {
        switch self {
        case .exit(let code): "exit code \(code)"
        case .signal(let number): "signal \(number)"
        case .hung: "it hung and was killed"
        case .failedToStart(let program): "\(program) could not be started"
        }
    }
}

/// A service and its state, as the table shows it.
public struct ServiceStatus: Sendable, Hashable {
    public let name: String
    public let address: String
    public var state: ServiceState
    public var processID: Int?
    public var restarts: Int
    /// How it ended before it was last started again, where it ever was and somebody remembers.
    public var lastEnd: ExitReason?

    public init(name: String, address: String, state: ServiceState, processID: Int? = nil, restarts: Int = 0) {
        self.name = name
        self.address = address
        self.state = state
        self.processID = processID
        self.restarts = restarts
    }
}

/// What happens while a plan runs; all that a view may know.
public enum SupervisorEvent: Sendable {
    case changed(ServiceStatus)
    case line(service: String, text: String)
    /// Every process has answered for the first time, or sleeps until it is needed.
    case allHealthy(after: Duration)
}

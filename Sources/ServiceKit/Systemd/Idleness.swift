import Synchronization

/// Decides when a server that nobody is connected to has waited long enough.
struct Idleness<Instant: InstantProtocol>: Sendable where Instant.Duration == Duration {
    /// What to do at some moment.
    enum Step: Sendable, Hashable {
        case leave
        /// Nothing can be decided before this.
        case look(at: Instant)
    }

    private var connections = 0
    private var quietSince: Instant

    init(since start: Instant) {
        self.quietSince = start
    }

    mutating func connectionOpened() {
        connections += 1
    }

    mutating func connectionClosed(at now: Instant) {
        connections -= 1
        quietSince = now
    }

    /// Whoever looks whenever this says so leaves as soon as nobody has been connected for the limit.
    ///
    /// Work that goes on without a connection counts as one, for as long as somebody sees it when looking.
    mutating func step(at now: Instant, limit: Duration, isBusy: Bool = false) -> Step {
        if isBusy { quietSince = now }
        // While somebody is connected, silence can begin now at the earliest.
        let due = (connections > 0 ? now : quietSince).advanced(by: limit)
        return connections == 0 && now >= due ? .leave : .look(at: due)
    }
}

/// The state of ``Idleness`` that connections on several event loops share.
final class ConnectionCounter<Time: Clock<Duration>>: Sendable {
    private let idleness: Mutex<Idleness<Time.Instant>>
    private let clock: Time

    init(clock: Time) {
        self.clock = clock
        self.idleness = Mutex(Idleness(since: clock.now))
    }

    func opened() {
        idleness.withLock { $0.connectionOpened() }
    }

    func closed() {
        idleness.withLock { $0.connectionClosed(at: clock.now) }
    }

    func step(limit: Duration, isBusy: Bool) -> Idleness<Time.Instant>.Step {
        idleness.withLock { $0.step(at: clock.now, limit: limit, isBusy: isBusy) }
    }
}

/// How long a server without connections goes on.
enum IdleExit {
    /// The environment variable with the number of seconds; whoever sets it must start the service again on demand.
    static let variable = "IDLE_EXIT_SECONDS"

    /// Reads the variable; `nil` goes on for ever.
    ///
    /// - Throws: ``SettingsError/invalid(name:expected:)``.
    static func limit(variable: (String) -> String?) throws(SettingsError) -> Duration? {
        guard let text = variable(Self.variable), !text.isEmpty else { return nil }
        guard let seconds = Int(text), (1...86_400).contains(seconds) else {
            throw .invalid(name: Self.variable, expected: "a number of seconds from 1 to 86400")
        }
        return .seconds(seconds)
    }
}

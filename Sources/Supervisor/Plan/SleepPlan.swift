/// When a process sleeps that nobody needs, and what wakes it.
public struct SleepPlan: Sendable, Hashable {
    /// Whether a connection to its port wakes it.
    ///
    /// The supervisor keeps the listening socket and the process takes it over, so that connections wait for as long as
    /// it starts; it leaves by itself when nobody has been connected for a while.
    public let listens: Bool
    /// The paths of queues whose messages wake it.
    ///
    /// A process that is woken by nothing else is told to stop when they have been empty for a while.
    public let queues: [String]
    /// How long it goes on when nobody needs it.
    public let patience: Duration

    public init(listens: Bool, queues: [String], patience: Duration) {
        self.listens = listens
        self.queues = queues
        self.patience = patience
    }
}

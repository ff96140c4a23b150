/// What a client knows of its connections and of those who wait for one.
struct RedisClientState: Sendable {
    typealias Waiter = CheckedContinuation<RedisConnection, any Error>

    enum Phase: Sendable {
        /// A connection is being made, and there is no reason to expect that it will fail.
        case connecting
        case connected(RedisConnection)
        /// The last attempt failed.
        case away(RedisError)
        case closed
    }

    private let pendingBytes: Int
    private let waitingConnections: Int
    private var phase = Phase.connecting
    private var waiters: [Int: Waiter] = [:]
    private var nextID = 0
    private var reserved = 0
    /// Connections for commands that wait, in use.
    private var leased = 0
    private var spares: [RedisConnection] = []
    /// Connections that are kept for the next who waits.
    private static let spareLimit = 8

    init(pendingBytes: Int, waitingConnections: Int) {
        self.pendingBytes = pendingBytes
        self.waitingConnections = waitingConnections
    }

    // MARK: Room

    mutating func reserve(_ bytes: Int) throws(RedisError) {
        guard reserved + bytes <= pendingBytes else { throw .overloaded }
        reserved += bytes
    }

    mutating func release(_ bytes: Int) {
        reserved -= bytes
    }

    // MARK: The shared connection

    mutating func newID() -> Int {
        nextID += 1
        return nextID
    }

    /// The connection, or why there is none; `nil` when the waiter will be told.
    mutating func connection(or waiter: Waiter, id: Int) -> Result<RedisConnection, any Error>? {
        switch phase {
        case .connected(let connection): return .success(connection)
        case .away(let error): return .failure(error)
        case .closed: return .failure(RedisError.closed)
        case .connecting:
            waiters[id] = waiter
            return nil
        }
    }

    /// Sees to it that nobody else is given a connection that has ended.
    mutating func forget(_ ended: RedisConnection) {
        if case .connected(let connection) = phase, connection.isSame(as: ended) { phase = .connecting }
    }

    mutating func removeWaiter(_ id: Int) -> Waiter? { waiters.removeValue(forKey: id) }

    /// Enters a phase.
    ///
    /// - Returns: Those who have waited for it, and what they are told.
    mutating func change(to phase: Phase) -> (waiters: [Waiter], outcome: Result<RedisConnection, any Error>) {
        self.phase = phase
        let outcome: Result<RedisConnection, any Error>
        switch phase {
        case .connecting: return ([], .failure(RedisError.connectionLost))
        case .connected(let connection): outcome = .success(connection)
        case .away(let error): outcome = .failure(error)
        case .closed: outcome = .failure(RedisError.closed)
        }
        defer { waiters = [:] }
        return (Array(waiters.values), outcome)
    }

    // MARK: Connections for those who wait

    /// Makes room for one who waits; `nil` where a new connection is to be made.
    mutating func lease() throws(RedisError) -> RedisConnection? {
        if case .closed = phase { throw .closed }
        guard leased < waitingConnections else { throw .overloaded }
        leased += 1
        return spares.popLast()
    }

    /// Takes a connection back, unless it has ended; one that is not to be kept is returned.
    mutating func giveBack(_ connection: RedisConnection?) -> RedisConnection? {
        leased -= 1
        guard let connection, connection.isOpen else { return nil }
        if case .closed = phase { return connection }
        guard spares.count < Self.spareLimit else { return connection }
        spares.append(connection)
        return nil
    }

    mutating func removeSpares() -> [RedisConnection] {
        defer { spares = [] }
        return spares
    }
}

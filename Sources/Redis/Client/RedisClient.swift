public import Logging
public import NIOSSL
public import ServiceLifecycle

import Synchronization

/// Talks to a Redis server.
///
/// Commands of all tasks share one connection, on which each waits for no other's answer; commands that make the server
/// wait have connections of their own. A connection that is lost is made anew; what was on its way fails.
///
/// ```swift
/// let client = RedisClient(try RedisAddress(parsing: url), logger: logger)
/// // … and in a group of services, before those that use it:
/// try await client.run()
/// ```
public final class RedisClient: Service {
    /// How a client goes about its work.
    public struct Options: Sendable {
        /// How long a connection, and then each answer, may take.
        public var answerTime: Duration
        /// Bytes of the longest answer that is read.
        public var answerBytes: Int
        /// Bytes of all commands that wait for their answers, at most.
        public var pendingBytes: Int
        /// Connections for commands that make the server wait, at most.
        public var waitingConnections: Int
        /// The first and the longest pause before a lost connection is made anew.
        public var pauses: ClosedRange<Duration>
        /// What is asked of a server that is addressed with `rediss://`.
        public var tls: TLSConfiguration

        public init(
            answerTime: Duration = .seconds(5),
            answerBytes: Int = 64 << 20,
            pendingBytes: Int = 64 << 20,
            waitingConnections: Int = 256,
            pauses: ClosedRange<Duration> = .milliseconds(50) ... .seconds(2),
            tls: TLSConfiguration = .makeClientConfiguration()
        ) {
            self.answerTime = answerTime
            self.answerBytes = answerBytes
            self.pendingBytes = pendingBytes
            self.waitingConnections = waitingConnections
            self.pauses = pauses
            self.tls = tls
        }
    }

    public let address: RedisAddress
    let options: Options
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let state: Mutex<RedisClientState>

    /// Describes a client; it connects when it runs.
    ///
    /// - Parameters:
    ///   - address: Where the server listens.
    ///   - options: How the client goes about its work.
    ///   - clock: Measures the pauses between attempts to connect.
    ///   - logger: Is told when connections come and go.
    public init(
        _ address: RedisAddress,
        options: Options = Options(),
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.address = address
        self.options = options
        self.clock = clock
        self.logger = logger
        self.state = Mutex(
            RedisClientState(pendingBytes: options.pendingBytes, waitingConnections: options.waitingConnections)
        )
    }

    // MARK: Commands

    /// Sends a command and waits for its answer.
    ///
    /// A command that has been sent is waited for even when the task is cancelled.
    ///
    /// - Throws: ``RedisError``, `CancellationError`.
    public func send(_ command: RedisCommand) async throws -> RedisValue {
        let size = command.size
        try state.withLock { state throws(RedisError) in try state.reserve(size) }
        defer { state.withLock { $0.release(size) } }
        while true {
            let connection = try await connection()
            do {
                return try await connection.send(command, within: options.answerTime)
            } catch is NotSent {
                state.withLock { $0.forget(connection) }
            }
        }
    }

    /// Sends a command that makes the server wait, such as `XREAD BLOCK`, on a connection of its own.
    ///
    /// Cancellation ends the wait at once, and the connection with it; so the command should take nothing away.
    ///
    /// - Parameters:
    ///   - command: What to send.
    ///   - wait: How long the command makes the server wait.
    /// - Returns: The answer.
    /// - Throws: ``RedisError``, `CancellationError`.
    public func send(_ command: RedisCommand, waitingAtMost wait: Duration) async throws -> RedisValue {
        try Task.checkCancellation()
        let spare = try state.withLock { state throws(RedisError) in try state.lease() }
        do {
            let (connection, answer) = try await answer(to: command, on: spare, within: wait + options.answerTime)
            state.withLock { $0.giveBack(connection) }?.close()
            return answer
        } catch {
            state.withLock { _ = $0.giveBack(nil) }
            try Task.checkCancellation()
            throw error
        }
    }

    /// Sends a command on a spare connection, or on a new one where there is none or it has ended.
    private func answer(
        to command: RedisCommand,
        on spare: RedisConnection?,
        within limit: Duration
    ) async throws -> (RedisConnection, RedisValue) {
        let connection = if let spare { spare } else { try await RedisConnection.open(address, options) }
        do {
            let answer = try await withTaskCancellationHandler {
                try await connection.send(command, within: limit)
            } onCancel: {
                connection.close()
            }
            return (connection, answer)
        } catch is NotSent {
            guard spare != nil else { throw RedisError.connectionLost }
            return try await answer(to: command, on: nil, within: limit)
        }
    }

    /// The shared connection, as soon as there is one.
    private func connection() async throws -> RedisConnection {
        try Task.checkCancellation()
        let id = state.withLock { $0.newID() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                let outcome = state.withLock { state in
                    Task.isCancelled ? .failure(CancellationError()) : state.connection(or: waiter, id: id)
                }
                if let outcome { waiter.resume(with: outcome) }
            }
        } onCancel: {
            state.withLock { $0.removeWaiter(id) }?.resume(throwing: CancellationError())
        }
    }

    // MARK: Running

    /// Keeps a connection until the service is told to stop.
    public func run() async throws {
        try? await cancelWhenGracefulShutdown { try await self.stayConnected() }
        change(to: .closed)
        for connection in state.withLock({ $0.removeSpares() }) { connection.close() }
    }

    private func stayConnected() async throws {
        var pause = options.pauses.lowerBound
        while !Task.isCancelled {
            do {
                let connection = try await RedisConnection.open(address, options)
                logger.debug("Connected to Redis", metadata: ["server": "\(address)"])
                change(to: .connected(connection))
                pause = options.pauses.lowerBound
                await connection.closed()
                change(to: .connecting)
                if !Task.isCancelled {
                    logger.warning("The connection to Redis was lost", metadata: ["server": "\(address)"])
                }
            } catch let error as RedisError {
                if pause == options.pauses.lowerBound {
                    logger.error("Redis cannot be reached; trying again", metadata: ["error": "\(error)"])
                }
                change(to: .away(error))
            }
            // The spread keeps many clients from coming back at the same moment.
            try await clock.sleep(for: pause / 2 + pause / 2 * Double.random(in: 0...1))
            pause = min(pause * 2, options.pauses.upperBound)
        }
    }

    private func change(to phase: RedisClientState.Phase) {
        let (waiters, outcome) = state.withLock { $0.change(to: phase) }
        for waiter in waiters { waiter.resume(with: outcome) }
    }
}

import Logging
import ModelStreaming
import Redis
import ServiceLifecycle
import Synchronization
import WebFormats

/// Answers that several processes share through a Redis server.
///
/// Who makes an answer writes its text into a stream and holds a lease on it. Everybody else reads along, and each
/// process reads each answer once, however many of its clients follow it. When the lease runs out, one of those who
/// read takes over.
///
/// Without the server each process serves the answers that it makes itself.
final class RedisResponseLog: ResponseLog, Service {
    /// How a log goes about its work.
    struct Rules: Sendable {
        /// How long an answer is kept after its end.
        var lifetime = Duration.seconds(900)
        /// How long an answer without an end is kept.
        var longestGeneration = Duration.seconds(3600)
        /// How long a writer that shows no life keeps its answer.
        var lease = Duration.seconds(3)
        /// How long a request that was passed on waits for a writer.
        var commission = Duration.seconds(60)
        /// How often it is looked who is alive.
        var beat = Duration.milliseconds(400)
        /// The most that this process keeps, in bytes.
        var capacity = 64 << 20
        /// The longest answer, in bytes.
        var answerLimit = 1 << 20
        /// Whether this process takes over from writers that are gone.
        var takesOver = true
    }

    struct State {
        var shelf: ResponseShelf<ContinuousClock.Instant>
        var roles = RedisResponseRoles()
        /// The server was out of reach, and who follows may not have found it again before this.
        var isBlindUntil = ContinuousClock.now
    }

    let client: RedisClient
    let rules: Rules
    let logger: Logger
    let state: Mutex<State>
    let steadily = SteadyWork()
    let changes: AsyncStream<Void>
    let change: AsyncStream<Void>.Continuation
    /// A stream of one entry, which ends the wait of who reads.
    let bell = "chat:bell:\(RandomDigits.hexadecimal(groups: 2))"
    let orphans: AsyncStream<Generation>
    let orphan: AsyncStream<Generation>.Continuation

    /// Describes a log; it reads and writes when it runs.
    ///
    /// - Parameters:
    ///   - client: Talks to the server; it must run before and after the log.
    ///   - rules: How the log goes about its work.
    ///   - logger: Is told when answers cannot be shared.
    init(_ client: RedisClient, rules: Rules = Rules(), logger: Logger) {
        self.client = client
        self.rules = rules
        self.logger = logger
        self.state = Mutex(State(shelf: ResponseShelf(lifetime: rules.lifetime, capacity: rules.capacity)))
        (changes, change) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (orphans, orphan) = AsyncStream.makeStream()
    }

    // MARK: Running

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await self.steadily.run() }
                group.addTask { await self.write() }
                group.addTask { await self.read() }
                group.addTask { try await self.keepAlive() }
                try await group.waitForAll()
            }
        }
        // What was ended last is still on its way.
        for writer in state.withLock({ Array($0.roles.writers.values) }) { try? await send(writer) }
        for reader in state.withLock({ Array($0.roles.readers.values) }) { reader.generation.moveOn() }
        orphan.finish()
    }

    // MARK: The shelf

    func newGeneration(_ request: GenerationRequest) -> Generation {
        Generation(request, limit: rules.answerLimit) { [weak self] in self?.changed($0) }
    }

    func shelved(_ id: GenerationID) -> Generation? { state.withLock { $0.shelf[id] } }

    /// Puts an answer where others find it, and where it is read if it is.
    ///
    /// - Returns: The one that is there already, if it is of use.
    func shelve(_ generation: Generation, readAfter entry: String? = nil) -> Generation {
        state.withLock { state in
            if let known = state.shelf[generation.id], known.isUsable { return known }
            state.shelf.add(generation)
            if let entry { state.roles.read(generation, after: entry) }
            return generation
        }
    }
}

extension Duration {
    var milliseconds: Int { Int(self / .milliseconds(1)) }
}

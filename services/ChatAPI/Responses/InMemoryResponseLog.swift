import ModelStreaming
import Synchronization

/// Answers that end with the process.
final class InMemoryResponseLog<Time: Clock<Duration>>: ResponseLog {
    private let shelf: Mutex<ResponseShelf<Time.Instant>>
    private let clock: Time
    private let answerLimit: Int

    /// There are none: who made an answer here is gone with the answer.
    let orphans = AsyncStream<Generation> { $0.finish() }

    /// Prepares an empty log.
    ///
    /// - Parameters:
    ///   - lifetime: How long an answer is kept after its end.
    ///   - capacity: The most that is kept, in bytes.
    ///   - answerLimit: The longest answer, in bytes.
    ///   - clock: Measures lifetimes.
    init(
        lifetime: Duration = .seconds(900),
        capacity: Int = 64 << 20,
        answerLimit: Int = 1 << 20,
        clock: Time = ContinuousClock()
    ) {
        self.clock = clock
        self.answerLimit = answerLimit
        self.shelf = Mutex(ResponseShelf(lifetime: lifetime, capacity: capacity))
    }

    func begin(_ request: GenerationRequest, asWriter isWriter: Bool) -> ResponseClaim {
        shelf.withLock { shelf in
            shelf.sweep(now: clock.now)
            if let known = shelf[request.id], known.isUsable { return .follow(known) }
            let generation = Generation(request, limit: answerLimit)
            shelf.add(generation)
            return isWriter ? .write(generation) : .commission(generation)
        }
    }

    func generation(_ id: GenerationID) -> Generation? { shelf.withLock { $0[id] } }

    func running(in conversation: ConversationKey) -> GenerationID? {
        shelf.withLock { $0.running(in: conversation) }
    }

    func cancel(_ id: GenerationID) {
        generation(id)?.raise(.cancelled)
    }

    func isFollowedElsewhere(_ generation: Generation) -> Bool { false }

    func finish(_ generation: Generation) {
        shelf.withLock { $0.keep(generation, now: clock.now) }
    }

    func abandon(_ generation: Generation) {
        generation.end(with: .failed(.unavailable(retryAfter: nil)))
        finish(generation)
    }

    func release(_ generation: Generation) -> Bool { false }

    func beat() {
        let growing = shelf.withLock { shelf in
            shelf.sweep(now: clock.now)
            return shelf.growing
        }
        for generation in growing { generation.nudge() }
    }
}

extension Generation {
    /// Whether whoever asks for it by its id can have it.
    var canBeFollowed: Bool { end != nil || !isClosing && !hasMovedOn }

    /// Whether who puts the same question can have this answer.
    var isUsable: Bool {
        switch end {
        case nil: canBeFollowed
        case .finished: true
        case .failed, .stopped: false
        }
    }
}

import DequeModule
import ModelStreaming

/// The answers that a process knows: those that grow, and those that are kept for a while.
struct ResponseShelf<Instant: InstantProtocol> where Instant.Duration == Duration {
    private struct Kept {
        let generation: Generation
        let size: Int
        let until: Instant
    }

    private let lifetime: Duration
    private let capacity: Int
    private var generations: [GenerationID: Generation] = [:]
    private var running: [ConversationKey: GenerationID] = [:]
    /// Those that have ended, the oldest first.
    private var kept: Deque<Kept> = []
    private var size = 0

    /// Prepares an empty shelf.
    ///
    /// - Parameters:
    ///   - lifetime: How long an answer is kept after its end.
    ///   - capacity: The most that is kept, in bytes; the oldest go first.
    init(lifetime: Duration, capacity: Int) {
        self.lifetime = lifetime
        self.capacity = capacity
    }

    subscript(id: GenerationID) -> Generation? { generations[id] }

    var growing: [Generation] { generations.values.filter { $0.end == nil } }

    func running(in conversation: ConversationKey) -> GenerationID? { running[conversation] }

    mutating func add(_ generation: Generation) {
        generations[generation.id] = generation
        if let turn = generation.request.turn { running[turn.conversation] = generation.id }
    }

    /// Keeps an answer that has ended, for its time.
    mutating func keep(_ generation: Generation, now: Instant) {
        finishTurn(of: generation)
        // Besides the text there are the question and what surrounds it.
        let size = generation.size + generation.request.prompt.messages.reduce(1024) { $0 + $1.content.utf8.count }
        kept.append(Kept(generation: generation, size: size, until: now.advanced(by: lifetime)))
        self.size += size
        sweep(now: now)
    }

    mutating func remove(_ generation: Generation) {
        finishTurn(of: generation)
        if generations[generation.id] === generation { generations[generation.id] = nil }
    }

    mutating func sweep(now: Instant) {
        while let first = kept.first, first.until <= now || size > capacity {
            kept.removeFirst()
            size -= first.size
            if generations[first.generation.id] === first.generation { generations[first.generation.id] = nil }
        }
    }

    private mutating func finishTurn(of generation: Generation) {
        guard let turn = generation.request.turn, running[turn.conversation] == generation.id else { return }
        running[turn.conversation] = nil
    }
}

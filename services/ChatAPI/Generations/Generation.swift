import ModelStreaming
import Synchronization

/// One answer in the making, and those who wait for it.
final class Generation: Sendable {
    fileprivate struct Shared {
        var state: GenerationState
        var waiters: [Int: CheckedContinuation<GenerationNews, Never>] = [:]
    }

    let prompt: ChatPrompt
    private let shared: Mutex<Shared>
    private let abandonment: AsyncStream<Never>
    private let abandon: AsyncStream<Never>.Continuation

    init(prompt: ChatPrompt, limit: Int) {
        self.prompt = prompt
        self.shared = Mutex(Shared(state: GenerationState(limit: limit)))
        (abandonment, abandon) = AsyncStream.makeStream()
    }

    var answer: ChatAnswer { shared.withLock { $0.state.answer } }

    /// Waits until nobody follows any more.
    func abandoned() async {
        for await _ in abandonment {}
    }

    func append(_ part: ChatDelta) throws(ChatModelError) {
        try update { state throws(ChatModelError) in try state.append(part) }
    }

    func end(with end: GenerationEnd) {
        update { $0.end(with: end) }
    }

    /// Lets everybody who hears nothing hear that all is quiet.
    func nudge() {
        update { $0.nudge() }
    }

    // MARK: Followers

    func follow() -> GenerationFollower {
        GenerationFollower(of: self, number: shared.withLock { $0.state.join() })
    }

    fileprivate func leave(_ follower: Int) {
        let isAbandoned = shared.withLock { shared in
            shared.state.leave(follower)
            shared.deliver()
            return shared.state.isAbandoned
        }
        if isAbandoned { abandon.finish() }
    }

    fileprivate func news(for follower: Int) async -> GenerationNews {
        await withCheckedContinuation { continuation in
            shared.withLock { shared in
                shared.waiters[follower] = continuation
                shared.deliver()
            }
        }
    }

    private func update<Failure>(_ change: (inout GenerationState) throws(Failure) -> Void) throws(Failure) {
        try shared.withLock { shared throws(Failure) in
            try change(&shared.state)
            shared.deliver()
        }
    }
}

extension Generation.Shared {
    /// Tells those who wait what there is to tell.
    fileprivate mutating func deliver() {
        for follower in Array(waiters.keys) {
            guard let news = state.news(for: follower) else { continue }
            waiters.removeValue(forKey: follower)?.resume(returning: news)
        }
    }
}

/// Somebody's place in a generation.
///
/// A follower that is let go has left; when the last one leaves, the model is stopped.
final class GenerationFollower: Sendable {
    private let generation: Generation
    private let number: Int

    fileprivate init(of generation: Generation, number: Int) {
        self.generation = generation
        self.number = number
    }

    deinit { leave() }

    /// The next news, as soon as there is any; one reader at a time.
    func next() async -> GenerationNews {
        await withTaskCancellationHandler {
            await generation.news(for: number)
        } onCancel: {
            leave()
        }
    }

    func leave() {
        generation.leave(number)
    }
}

import ModelStreaming
import Synchronization

/// One answer in the making, and those who wait for it.
final class Generation: Sendable {
    fileprivate struct Shared {
        var state: GenerationState
        var waiters: [(follower: Int, continuation: CheckedContinuation<GenerationNews, Never>)] = []
        var onDrop: [Int: @Sendable () -> Void] = [:]
    }

    /// Why a generation should not go on here, whoever follows it.
    enum Doubt: Sendable {
        /// Somebody has asked for its end.
        case cancelled
        /// Another process makes it now.
        case superseded
    }

    let request: GenerationRequest
    /// Called after each change, outside of all locks.
    private let onChange: @Sendable (Generation) -> Void
    private let shared: Mutex<Shared>
    /// Reasons not to go on.
    let doubts: AsyncStream<Doubt>
    private let doubt: AsyncStream<Doubt>.Continuation
    /// Each time that the last follower leaves.
    let desertions: AsyncStream<Void>
    private let desertion: AsyncStream<Void>.Continuation

    /// Prepares an answer without text.
    ///
    /// - Parameters:
    ///   - request: What is answered.
    ///   - limit: The longest answer, in bytes.
    ///   - onChange: Called after each change of the text, and after the end.
    init(_ request: GenerationRequest, limit: Int, onChange: @escaping @Sendable (Generation) -> Void = { _ in }) {
        self.request = request
        self.onChange = onChange
        self.shared = Mutex(Shared(state: GenerationState(limit: limit)))
        (doubts, doubt) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(4))
        (desertions, desertion) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var id: GenerationID { request.id }
    /// What the provider calls the conversation, or else the client.
    var thread: String? { shared.withLock { $0.state.thread } ?? request.turn?.thread }
    var answer: ChatAnswer { shared.withLock { $0.state.answer } }
    var size: Int { shared.withLock { $0.state.size } }
    var end: GenerationEnd? { shared.withLock { $0.state.end } }
    /// Whether it takes no new followers, because it is about to be stopped.
    var isClosing: Bool { shared.withLock { $0.state.isClosing } }
    var isFollowed: Bool { shared.withLock { $0.state.isFollowed } }

    /// Whether another process makes the answer now.
    var hasMovedOn: Bool { shared.withLock { $0.state.hasMovedOn } }

    /// The text from a place on; empty when there is none yet.
    func text(from place: Int) -> String { shared.withLock { $0.state.text(from: place) } ?? "" }

    // MARK: What may be heard

    /// Lets nothing more be heard that is not confirmed.
    func holdBack() { shared.withLock { $0.state.holdBack() } }

    /// Lets the text be heard up to a place, and perhaps the end.
    func confirm(upTo place: Int, withEnd isEnd: Bool) { update { $0.confirm(upTo: place, withEnd: isEnd) } }

    /// Forgets what is not confirmed, because another goes on from there.
    func dropUnconfirmed() { update { $0.dropUnconfirmed() } }

    /// Lets everything be heard from now on.
    func confirmAll() { update { $0.confirmAll() } }

    // MARK: Making it

    func append(_ part: ChatDelta) throws(ChatModelError) {
        try update { state throws(ChatModelError) in try state.append(part) }
        onChange(self)
    }

    /// Takes a text that was made elsewhere; what is there already is left out, for a writer may have sent it twice.
    func take(_ text: String, at place: Int) {
        update { state in
            let known = state.size - place
            // A gap cannot be closed any more.
            guard known >= 0 else { return state.end(with: .failed(.interrupted)) }
            guard known < text.utf8.count, let rest = String(text.utf8.dropFirst(known)) else { return }
            do throws(ChatModelError) {
                try state.take(.text(rest))
            } catch {
                state.end(with: .failed(error))
            }
        }
    }

    /// Ends what is made here; it does not count where another goes on.
    func end(with end: GenerationEnd) {
        update { if !$0.isForeign { $0.end(with: end) } }
        onChange(self)
    }

    /// Takes the end of an answer that was made elsewhere.
    func take(_ end: GenerationEnd) {
        update { $0.end(with: end) }
    }

    /// Lets the followers look for the answer elsewhere.
    func moveOn() {
        update { $0.moveOn() }
    }

    /// Lets everybody who hears nothing hear that all is quiet, and drops those who do not read.
    func nudge() {
        let stuck = shared.withLock { shared in
            let stuck = shared.state.nudge()
            shared.deliver()
            return stuck.compactMap { shared.onDrop[$0] }
        }
        for leave in stuck { leave() }
    }

    func raise(_ doubt: Doubt) {
        self.doubt.yield(doubt)
    }

    func closeUnlessFollowed() -> Bool { shared.withLock { $0.state.closeUnlessFollowed() } }

    // MARK: Followers

    /// Follows the answer from a place in its text.
    ///
    /// - Returns: `nil` where the place is not in the text, or the generation is about to be stopped.
    func follow(from place: Int = 0) -> GenerationFollower? {
        shared.withLock { $0.state.join(at: place) }.map { GenerationFollower(of: self, number: $0) }
    }

    fileprivate func leave(_ follower: Int) {
        let isLast = shared.withLock { shared in
            shared.onDrop[follower] = nil
            shared.state.leave(follower)
            shared.deliver()
            return !shared.state.isFollowed && shared.state.end == nil
        }
        if isLast { desertion.yield() }
    }

    fileprivate func onDrop(_ follower: Int, _ action: @escaping @Sendable () -> Void) {
        shared.withLock { $0.onDrop[follower] = action }
    }

    fileprivate func news(for follower: Int) async -> GenerationNews {
        await withCheckedContinuation { continuation in
            let news = shared.withLock { shared -> GenerationNews? in
                if let news = shared.state.news(for: follower) { return news }
                shared.waiters.append((follower, continuation))
                return nil
            }
            if let news { continuation.resume(returning: news) }
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
        var index = 0
        while index < waiters.count {
            guard let news = state.news(for: waiters[index].follower) else {
                index += 1
                continue
            }
            // Another one takes its place, for their order does not matter.
            waiters.swapAt(index, waiters.count - 1)
            waiters.removeLast().continuation.resume(returning: news)
        }
    }
}

/// Somebody's place in a generation.
///
/// A follower that is let go has left; when the last one leaves, the model is stopped.
final class GenerationFollower: Sendable {
    let generation: Generation
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

    /// Calls this when the follower has not read for so long that it is given up.
    func onDrop(_ action: @escaping @Sendable () -> Void) {
        generation.onDrop(number, action)
    }

    /// Waits until the answer is over, here.
    func waitForEnd() async {
        while true {
            switch await next() {
            case .text, .quiet: continue
            case .ended, .movedOn: return
            }
        }
    }

    func leave() {
        generation.leave(number)
    }
}

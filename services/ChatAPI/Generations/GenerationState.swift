import ModelStreaming

/// How a generation ended.
enum GenerationEnd: Sendable, Hashable {
    /// The answer is whole.
    case finished(ChatAnswer)
    case failed(ChatModelError)
    /// Nobody wanted the rest.
    case stopped
}

/// What a follower of a generation hears next.
enum GenerationNews: Sendable, Hashable {
    /// All text since the last news.
    case text(String)
    /// There has been no text for a while.
    case quiet
    case ended(GenerationEnd)
}

/// What a generation has said, and how far each of its followers has read.
///
/// The text is kept once, however many follow and however slowly they read, and it never grows beyond its limit.
struct GenerationState {
    private struct Follower {
        var position = 0
        /// How often it was told that all is quiet without having taken note.
        var nudges = 0
    }

    private let limit: Int
    private var pieces: [String] = []
    private var size = 0
    private var usage: TokenUsage?
    private var reason: FinishReason?
    private var end: GenerationEnd?
    private var followers: [Int: Follower] = [:]
    private var nextFollower = 0

    /// Begins without text.
    ///
    /// - Parameter limit: The longest answer, in bytes of UTF-8.
    init(limit: Int) {
        self.limit = limit
    }

    /// Everything that was said so far.
    var answer: ChatAnswer { ChatAnswer(text: pieces.joined(), usage: usage, reason: reason) }

    var isAbandoned: Bool { followers.isEmpty }

    mutating func append(_ part: ChatDelta) throws(ChatModelError) {
        switch part {
        case .text(let text):
            guard size + text.utf8.count <= limit else { throw .tooLong(limit: limit) }
            size += text.utf8.count
            pieces.append(text)
        case .usage(let usage): self.usage = usage
        case .finished(let reason): self.reason = reason
        }
    }

    /// Ends the generation; only the first end counts.
    mutating func end(with end: GenerationEnd) {
        if self.end == nil { self.end = end }
    }

    // MARK: Followers

    /// Adds a follower, who hears everything from the beginning.
    ///
    /// - Returns: The number by which the follower is known.
    mutating func join() -> Int {
        defer { nextFollower += 1 }
        followers[nextFollower] = Follower()
        return nextFollower
    }

    mutating func leave(_ follower: Int) {
        followers[follower] = nil
    }

    /// Lets every follower hear that all is quiet, unless there is something better to hear.
    mutating func nudge() {
        for (number, follower) in followers { followers[number]?.nudges = min(follower.nudges + 1, 2) }
    }

    /// Takes the next news of a follower.
    ///
    /// - Returns: `nil` when there is none yet.
    mutating func news(for number: Int) -> GenerationNews? {
        guard var follower = followers[number] else { return .ended(end ?? .stopped) }
        defer { followers[number] = follower }
        if follower.position < pieces.count {
            defer {
                follower.position = pieces.count
                follower.nudges = 0
            }
            return .text(follower.position + 1 == pieces.count ? pieces[pieces.count - 1] : rest(after: follower))
        }
        if let end { return .ended(end) }
        guard follower.nudges > 0 else { return nil }
        follower.nudges -= 1
        return .quiet
    }

    private func rest(after follower: Follower) -> String {
        pieces[follower.position...].joined()
    }
}

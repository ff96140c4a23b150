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
    /// The text since the last news, and how many bytes of text there are up to its end.
    case text(String, end: Int)
    /// There has been no text for a while.
    case quiet
    case ended(GenerationEnd)
    /// The answer goes on in another process, where it can be followed from the same place.
    case movedOn
}

/// What a generation has said, and how far each of its followers has read.
///
/// The text is kept once, however many follow and however slowly they read, and it never grows beyond its limit.
/// Places in it are counted in bytes of UTF-8.
struct GenerationState {
    private struct Follower {
        var place: Int
        /// How often it was told that all is quiet without having taken note.
        var nudges = 0
        /// How often it was nudged since it last took text that was there.
        var idleNudges = 0
    }

    /// The most text that a follower is handed at once.
    static let readLimit = 64 * 1024

    private let limit: Int
    private var text = ""
    private var usage: TokenUsage?
    private var reason: FinishReason?
    /// What the provider calls the conversation, where it keeps one.
    private(set) var thread: String?
    private(set) var end: GenerationEnd?
    private(set) var hasMovedOn = false
    /// The text that may be heard, where it has to be safe somewhere before; `nil` for all.
    private var confirmed: Int?
    private var isEndConfirmed = true
    /// Whether another makes the answer, and what is still made here does not count.
    private(set) var isForeign = false
    private(set) var isClosing = false
    private var followers: [Int: Follower] = [:]
    private var nextFollower = 0

    /// Begins without text.
    ///
    /// - Parameter limit: The longest answer, in bytes of UTF-8.
    init(limit: Int) {
        self.limit = limit
    }

    /// How much text there is, in bytes.
    var size: Int { text.utf8.count }

    /// The text that may be heard.
    private var audible: Int { confirmed ?? size }

    /// Everything that was said so far.
    var answer: ChatAnswer {
        if case .finished(let answer) = end { return answer }
        return ChatAnswer(text: text, usage: usage, reason: reason)
    }

    var isFollowed: Bool { !followers.isEmpty }

    /// Adds what the model says here.
    mutating func append(_ part: ChatDelta) throws(ChatModelError) {
        if !isForeign { try take(part) }
    }

    /// Adds what was said, wherever that was.
    mutating func take(_ part: ChatDelta) throws(ChatModelError) {
        switch part {
        case .text(let more):
            guard size + more.utf8.count <= limit else { throw .tooLong(limit: limit) }
            text += more
        case .usage(let usage): self.usage = usage
        case .finished(let reason): self.reason = reason
        case .thread(let thread): self.thread = thread
        }
    }

    /// Ends the generation; only the first end counts.
    mutating func end(with end: GenerationEnd) {
        if self.end == nil { self.end = end }
    }

    // MARK: What may be heard

    /// Lets nothing more be heard that is not confirmed.
    mutating func holdBack() {
        confirmed = size
        isEndConfirmed = end != nil
        isForeign = false
    }

    /// Lets the text be heard up to a place, and perhaps the end.
    mutating func confirm(upTo place: Int, withEnd isEnd: Bool) {
        confirmed = max(confirmed ?? 0, place)
        isEndConfirmed = isEndConfirmed || isEnd
    }

    /// Forgets what is not confirmed, because another goes on from there.
    mutating func dropUnconfirmed() {
        isForeign = true
        guard let confirmed, confirmed < size, let heard = text(from: 0, to: confirmed, limit: size) else { return }
        text = heard
        end = nil
    }

    /// Lets everything be heard from now on.
    mutating func confirmAll() {
        confirmed = nil
        isEndConfirmed = true
    }

    /// Tells all followers to look for the answer elsewhere.
    mutating func moveOn() {
        hasMovedOn = true
    }

    /// Closes the generation to new followers, unless it has any.
    ///
    /// - Returns: Whether it is closed now.
    mutating func closeUnlessFollowed() -> Bool {
        if followers.isEmpty { isClosing = true }
        return isClosing
    }

    // MARK: Text

    /// The text from a place on, as much as is handed out at once.
    ///
    /// - Parameters:
    ///   - place: Where to begin.
    ///   - end: Where to end at the latest.
    ///   - limit: The most that is handed out.
    /// - Returns: `nil` when the place is not between two characters of the text.
    func text(from place: Int, to end: Int, limit: Int = Self.readLimit) -> String? {
        guard place < end else { return place == end ? "" : nil }
        guard place >= 0 else { return nil }
        let bytes = text.utf8
        let start = bytes.index(bytes.startIndex, offsetBy: place)
        guard start.isBoundary(in: text) else { return nil }
        var stop = bytes.index(start, offsetBy: min(limit, end - place))
        while !stop.isBoundary(in: text) { stop = bytes.index(before: stop) }
        return String(text[start..<stop])
    }

    func text(from place: Int) -> String? { text(from: place, to: size) }

    // MARK: Followers

    /// Adds a follower, who hears everything from a place on.
    ///
    /// - Returns: The number by which the follower is known; `nil` where the place is not in the text, or the
    ///   generation is about to be stopped.
    mutating func join(at place: Int = 0) -> Int? {
        guard end != nil || !isClosing, text(from: place, to: audible) != nil else { return nil }
        defer { nextFollower += 1 }
        followers[nextFollower] = Follower(place: place)
        return nextFollower
    }

    mutating func leave(_ follower: Int) {
        followers[follower] = nil
    }

    /// Lets every follower hear that all is quiet, unless there is something better to hear.
    ///
    /// - Returns: Those who did not take the text that was there since the last but one time.
    mutating func nudge() -> [Int] {
        var stuck: [Int] = []
        for (number, follower) in followers {
            followers[number]?.nudges = min(follower.nudges + 1, 2)
            guard follower.place < audible else { continue }
            followers[number]?.idleNudges += 1
            if follower.idleNudges > 0 { stuck.append(number) }
        }
        return stuck
    }

    /// Takes the next news of a follower.
    ///
    /// - Returns: `nil` when there is none yet.
    mutating func news(for number: Int) -> GenerationNews? {
        guard var follower = followers[number] else { return .ended(end ?? .stopped) }
        if follower.place < audible, let text = text(from: follower.place, to: audible) {
            follower.place += text.utf8.count
            follower.nudges = 0
            follower.idleNudges = 0
            followers[number] = follower
            return .text(text, end: follower.place)
        }
        if let end, isEndConfirmed, follower.place == size { return .ended(end) }
        if hasMovedOn { return .movedOn }
        guard follower.nudges > 0 else { return nil }
        followers[number]?.nudges -= 1
        return .quiet
    }
}

extension String.Index {
    /// Whether no character of Unicode is cut in two here.
    fileprivate func isBoundary(in text: String) -> Bool { samePosition(in: text.unicodeScalars) != nil }
}

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
    private var pieces: [String] = []
    /// Where each piece begins.
    private var starts: [Int] = []
    private(set) var size = 0
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

    /// The text that may be heard.
    private var audible: Int { confirmed ?? size }

    /// Everything that was said so far.
    var answer: ChatAnswer {
        if case .finished(let answer) = end { return answer }
        return ChatAnswer(text: pieces.joined(), usage: usage, reason: reason)
    }

    var isFollowed: Bool { !followers.isEmpty }

    /// Adds what the model says here.
    mutating func append(_ part: ChatDelta) throws(ChatModelError) {
        if !isForeign { try take(part) }
    }

    /// Adds what was said, wherever that was.
    mutating func take(_ part: ChatDelta) throws(ChatModelError) {
        switch part {
        case .text(let text):
            let count = text.utf8.count
            guard size + count <= limit else { throw .tooLong(limit: limit) }
            pieces.append(text)
            starts.append(size)
            size += count
        case .usage(let usage): self.usage = usage
        case .finished(let reason): self.reason = reason
        case .thread(let thread): self.thread = thread
        }
    }

    /// Ends the generation; only the first end counts.
    mutating func end(with end: GenerationEnd) {
        guard self.end == nil else { return }
        self.end = end
        // What is kept from here on is kept in one piece.
        guard case .finished(let answer) = end, answer.text.utf8.count == size, size > 0 else { return }
        pieces = [answer.text]
        starts = [0]
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
        guard let confirmed, confirmed < size, let text = text(from: 0, to: confirmed, limit: confirmed) else { return }
        pieces = [text]
        starts = [0]
        size = confirmed
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
        if place == end { return "" }
        if end == size, let last = starts.last, last == place, size - last <= limit {
            return pieces[pieces.count - 1]
        }
        guard (0..<end).contains(place) else { return nil }
        var index = index(of: place)
        var text = ""
        var start = place
        while index < pieces.count, start < end {
            let room = min(limit - text.utf8.count, end - start)
            guard let part = pieces[index].part(fromByte: start - starts[index], limit: room) else { return nil }
            guard !part.isEmpty else { break }
            text += part
            start += part.utf8.count
            if start == starts[index] + pieces[index].utf8.count { index += 1 }
        }
        return text
    }

    func text(from place: Int) -> String? { text(from: place, to: size) }

    /// The piece that a place is in.
    private func index(of place: Int) -> Int {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= place { low = middle } else { high = middle }
        }
        return low
    }

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

extension String {
    /// What follows so many bytes, as far as the limit allows; `nil` in the middle of a character.
    fileprivate func part(fromByte offset: Int, limit: Int) -> String? {
        if offset == 0, utf8.count <= limit { return self }
        let start = utf8.index(utf8.startIndex, offsetBy: offset)
        guard let start = start.samePosition(in: unicodeScalars) else { return nil }
        var end = utf8.index(start, offsetBy: limit, limitedBy: utf8.endIndex) ?? utf8.endIndex
        while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(unicodeScalars[start..<end])
    }
}

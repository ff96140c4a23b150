/// What a reader of notices hears next.
enum NoticeNews: Sendable, Hashable {
    case notices([NoticeLog.Entry])
    /// There has been nothing for a while.
    case quiet
    case ended
}

/// The notices, those who read them, and how far each has read.
struct NoticeState {
    private struct Reader {
        let user: String
        var position: NoticeID
        var isNudged = false
    }

    /// Readers of one user: a person has some tabs open, not hundreds.
    static let readersOfUser = 16
    static let readerLimit = 4096

    private(set) var log: NoticeLog
    private var readers: [Int: Reader] = [:]
    private var numbers: [String: Set<Int>] = [:]
    private var nextNumber = 0
    private var isClosed = false

    init(limits: NoticeLog.Limits = NoticeLog.Limits()) {
        log = NoticeLog(limits: limits)
    }

    // MARK: Notices

    /// Adds a notice that is delivered now.
    mutating func append(_ notice: Notice, at milliseconds: UInt64) {
        log.append(notice, id: log.nextID(at: milliseconds))
    }

    /// Adds a notice that has an id.
    mutating func append(_ notice: Notice, id: NoticeID) {
        log.append(notice, id: id)
    }

    /// Forgets what was delivered before a time.
    mutating func forget(before milliseconds: UInt64) {
        log.forget(before: milliseconds)
    }

    /// Lets every reader hear that all is quiet, unless there is something better to hear.
    mutating func nudge() {
        for number in readers.keys { readers[number]?.isNudged = true }
    }

    /// Ends all reading for good.
    mutating func close() {
        isClosed = true
        readers = [:]
        numbers = [:]
    }

    // MARK: Readers

    /// Lets somebody read what a user is told.
    ///
    /// - Parameters:
    ///   - user: Whose notices.
    ///   - id: The last notice that was read; `nil` for somebody who wants only what is new.
    /// - Returns: The number by which the reader is known, and the place where reading begins; `nil` when there are too
    ///   many readers.
    mutating func join(_ user: String, after id: NoticeID?) -> (number: Int, position: NoticeID)? {
        guard !isClosed, readers.count < Self.readerLimit, numbers[user, default: []].count < Self.readersOfUser else {
            return nil
        }
        // An id beyond the end is one from before a restart; all that is here came after it.
        let position = id.map { $0 > log.end ? .zero : $0 } ?? log.end
        defer { nextNumber += 1 }
        readers[nextNumber] = Reader(user: user, position: position)
        numbers[user, default: []].insert(nextNumber)
        return (nextNumber, position)
    }

    mutating func leave(_ number: Int) {
        guard let reader = readers.removeValue(forKey: number) else { return }
        numbers[reader.user]?.remove(number)
        if numbers[reader.user]?.isEmpty == true { numbers[reader.user] = nil }
    }

    /// The readers of a user.
    func readers(of user: String) -> Set<Int> { numbers[user] ?? [] }

    /// Takes the next news of a reader.
    ///
    /// - Returns: `nil` when there is none yet.
    mutating func news(for number: Int) -> NoticeNews? {
        guard var reader = readers[number] else { return .ended }
        defer { readers[number] = reader }
        let entries = log.entries(of: reader.user, after: reader.position)
        reader.position = log.end
        let wasNudged = reader.isNudged
        reader.isNudged = false
        if !entries.isEmpty { return .notices(entries) }
        return wasNudged ? .quiet : nil
    }
}

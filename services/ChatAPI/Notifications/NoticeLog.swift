import DequeModule

/// The notices of the last minutes, so that whoever was away for a moment can catch up.
///
/// They are kept once, however many read them, and never grow beyond their limits.
struct NoticeLog {
    struct Limits: Sendable, Hashable {
        var count = 4096
        var bytes = 16 << 20
        var milliseconds: UInt64 = 300_000
    }

    struct Entry: Sendable, Hashable {
        var id: NoticeID
        var notice: Notice
    }

    private let limits: Limits
    private var entries: Deque<Entry> = []
    private var size = 0
    /// The id of the latest notice, which may be forgotten already.
    private(set) var end = NoticeID.zero

    init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// The id that a notice gets which is delivered now.
    func nextID(at milliseconds: UInt64) -> NoticeID {
        guard milliseconds <= end.milliseconds else { return NoticeID(milliseconds: milliseconds, sequence: 0) }
        // A clock that was set back must not bring an id which a reader takes for an old one.
        return NoticeID(milliseconds: end.milliseconds, sequence: end.sequence + 1)
    }

    /// Adds a notice; one that is here already is not added again.
    mutating func append(_ notice: Notice, id: NoticeID) {
        guard id > end else { return }
        end = id
        entries.append(Entry(id: id, notice: notice))
        size += notice.size
        forget(before: id.milliseconds - min(id.milliseconds, limits.milliseconds))
        while entries.count > limits.count || size > limits.bytes { removeFirst() }
    }

    /// What a user was told after a certain notice.
    func entries(of user: String, after id: NoticeID) -> [Entry] {
        guard id < end else { return [] }
        return entries[index(after: id)...].filter { $0.notice.user == user }
    }

    /// Forgets what was delivered before a time.
    mutating func forget(before milliseconds: UInt64) {
        while let first = entries.first, first.id.milliseconds < milliseconds { removeFirst() }
    }

    private mutating func removeFirst() {
        size -= entries.popFirst()?.notice.size ?? 0
    }

    /// Where the notices after this one begin, found by halving.
    private func index(after id: NoticeID) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].id > id { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

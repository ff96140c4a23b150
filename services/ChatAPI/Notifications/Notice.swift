/// Something that a user should see at once.
struct Notice: Sendable, Hashable {
    var user: String
    /// The document that was delivered, as JSON without a line break.
    var text: String

    /// The bytes that it takes.
    var size: Int { user.utf8.count + text.utf8.count }
}

/// The place of a notice among all others: later ones have greater ids.
///
/// It is written as Redis writes the ids of a stream, so that all replicas give a notice the same one. Source:
/// redis.io/docs/latest/develop/data-types/streams#entry-ids
struct NoticeID: Sendable, Hashable, Comparable {
    /// When it was delivered, in milliseconds since 1970.
    var milliseconds: UInt64
    /// Tells those of one millisecond apart.
    var sequence: UInt64

    static let zero = NoticeID(milliseconds: 0, sequence: 0)

    static func < (one: NoticeID, other: NoticeID) -> Bool {
        (one.milliseconds, one.sequence) < (other.milliseconds, other.sequence)
    }
}

extension NoticeID: LosslessStringConvertible {
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let milliseconds = UInt64(parts[0]), let sequence = UInt64(parts[1]) else { return nil }
        self.init(milliseconds: milliseconds, sequence: sequence)
    }

    var description: String { "\(milliseconds)-\(sequence)" }
}

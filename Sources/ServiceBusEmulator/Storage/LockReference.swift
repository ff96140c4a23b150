#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the holder of a lock names it by.
struct LockReference: Sendable, Hashable {
    let sequence: Int64
    let token: String
    /// The id that the message must have, where it was named by its id.
    let messageID: String?

    init(sequence: Int64, token: String) {
        self.sequence = sequence
        self.token = token
        self.messageID = nil
    }

    /// Reads the last two segments of a message's address: its sequence number or its id, and the lock token.
    ///
    /// Source: learn.microsoft.com/rest/api/servicebus/delete-message
    init(message: String, token: String) {
        let sequence = LockToken.sequence(of: token)
        self.sequence = sequence ?? -1
        self.token = token
        self.messageID = sequence.map { String($0) } == message ? nil : message
    }
}

/// A lock token: a UUID that is random but for its last twelve digits, which are the message's sequence number.
///
/// Whoever names a message by its id gives the token too, and so the message is found without an index of ids. The
/// sixty-two random bits keep an old token from being a later one's; a token is no secret, because requests are signed.
enum LockToken {
    private static let digits = 12

    /// The random part of a token, to which the digits of the sequence number are added.
    static func randomPart() -> String {
        String(UUID().uuidString.lowercased().dropLast(digits))
    }

    /// The sequence number in a token; `nil` where it is no token of ours.
    static func sequence(of token: String) -> Int64? {
        guard token.utf8.count == 36 else { return nil }
        return Int64(token.suffix(digits), radix: 16)
    }
}

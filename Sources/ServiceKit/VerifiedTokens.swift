import JWTKit
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Tokens whose signature was found to be right, so that a client which sends the same one with each request is checked
/// once.
///
/// Only the signature is remembered: whether a token is expired is asked each time.
final class VerifiedTokens: Sendable {
    /// Tokens that are remembered; they are all forgotten when there is one more.
    private static let limit = 4096

    private struct Entry {
        let user: String
        let notBefore: Date
        let expires: Date
    }

    private let entries = Mutex<[Substring: Entry]>([:])

    /// The user of a token that is known and valid now.
    func user(of token: Substring, now: Date = Date()) -> String? {
        entries.withLock { entries in
            guard let entry = entries[token], entry.notBefore <= now, now < entry.expires else { return nil }
            return entry.user
        }
    }

    func remember(_ token: Substring, _ claims: UserClaims) {
        let entry = Entry(
            user: claims.sub.value,
            notBefore: claims.nbf?.value ?? .distantPast,
            expires: claims.exp.value
        )
        entries.withLock { entries in
            if entries.count >= Self.limit { entries.removeAll() }
            // A copy, so that the header around it can go.
            entries[Substring(String(token))] = entry
        }
    }
}

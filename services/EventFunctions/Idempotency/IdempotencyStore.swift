import Crypto
import WebFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Remembers which requests there have been, so that a repeated one gives the answer of the first.
///
/// One of many equal requests at the same time is told ``IdempotencyOutcome/new``; all others hear of its id.
protocol IdempotencyStore: Sendable {
    /// Remembers a request, or recalls the one with its key.
    ///
    /// Who hears `new` may end before the work is done. So `known` means "this is the id", and not "it is done": whoever
    /// hears it does the work again under that id, which must come to the same, as it does for a message that the
    /// broker knows and for a document that exists.
    ///
    /// - Parameters:
    ///   - request: What to remember.
    ///   - end: When it may be forgotten; ``IdempotentRequest/lifetime`` from now.
    /// - Returns: Whether it is known already.
    /// - Throws: What the store throws when it cannot be reached; it may have remembered the request.
    func remember(_ request: IdempotentRequest, until end: Date) async throws -> IdempotencyOutcome

    /// Takes out what may be forgotten.
    func sweep() async throws
}

/// A request with an `Idempotency-Key`.
///
/// Source: datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header
struct IdempotentRequest: Sendable, Hashable {
    /// How long a key is remembered.
    static let lifetime = Duration.seconds(24 * 60 * 60)

    /// What stands for user and key: neither is kept.
    let hash: [UInt8]
    /// What stands for what is asked; a key is good for one question.
    let fingerprint: String
    /// The id that the answer shall have, if the request is new.
    let candidate: String

    /// Describes a request.
    ///
    /// - Parameters:
    ///   - user: Who asks.
    ///   - key: The key, which is this user's alone.
    ///   - fingerprint: What stands for the rest of the request, as ``fingerprint(of:)`` makes it.
    ///   - candidate: The id that the answer shall have, if the request is new.
    init(user: String, key: String, fingerprint: String, candidate: String) {
        // With its length before it, so that no user and key read like others.
        self.hash = Array(SHA256.hash(data: Array("\(user.utf8.count):\(user)\(key)".utf8)))
        self.fingerprint = fingerprint
        self.candidate = candidate
    }

    /// What stands for the parts of a request: its method and path, and its body.
    static func fingerprint(of parts: some Sequence<[UInt8]>) -> String {
        var hash = SHA256()
        for part in parts {
            hash.update(data: Array("\(part.count):".utf8))
            hash.update(data: part)
        }
        return Array(hash.finalize()).hexadecimal
    }
}

/// Whether a request is known.
enum IdempotencyOutcome: Sendable, Hashable {
    case new
    /// There has been such a request; this is the id of its answer.
    case known(String)
    /// There has been another request with this key; this is the id of its answer.
    case conflict(String)
}

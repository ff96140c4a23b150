import Crypto
import Messaging
import Settings
import Synchronization
import WebFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Checks tokens of the form `SharedAccessSignature sr=…&sig=…&se=…&skn=…`.
///
/// Clients use a token for many requests, so what a token opens is remembered once its signature was found good.
/// Source: learn.microsoft.com/azure/service-bus-messaging/service-bus-sas
final class SharedAccessVerifier: Sendable {
    /// Why a token is not accepted.
    enum Refusal: Error, Sendable, Hashable {
        case missing
        case malformed
        case unknownKeyName
        case badSignature
        case expired
        case wrongResource
        case lacks(SharedAccessKey.Right)
    }

    /// Tokens that are remembered, at most; only those with a good signature are, so that nobody else can fill this.
    private static let memory = 1024

    private let keys: [String: (key: SymmetricKey, rights: Set<SharedAccessKey.Right>)]
    private let now: @Sendable () -> Date
    private let known = Mutex<[String: SharedAccessGrant]>([:])

    init(keys: [SharedAccessKey], now: @escaping @Sendable () -> Date) {
        self.keys = keys.reduce(into: [:]) { keys, key in
            keys[key.name] = (SymmetricKey(data: Data(key.value.unsafeRevealed.utf8)), key.rights)
        }
        self.now = now
    }

    /// Checks that the token opens this path on this host for this use.
    func check(
        _ authorization: String?,
        host: String,
        path: String,
        for right: SharedAccessKey.Right
    ) throws(Refusal) {
        guard let authorization else { throw .missing }
        let grant =
            if let known = known.withLock({ $0[authorization] }) { known } else { try verified(authorization) }
        guard grant.expiry > now().timeIntervalSince1970 else { throw .expired }
        guard grant.covers(host: host, path: path) else { throw .wrongResource }
        guard grant.rights.contains(right) else { throw .lacks(right) }
    }

    private func verified(_ authorization: String) throws(Refusal) -> SharedAccessGrant {
        let fields = try Self.fields(authorization)
        guard let resource = fields["sr"], let signature = fields["sig"], let expiry = fields["se"],
            let name = fields["skn"], let seconds = Int(expiry),
            let code = PercentEncoding.decode(signature).flatMap({ Data(base64Encoded: $0) }),
            let address = PercentEncoding.decode(resource)
        else { throw .malformed }
        guard let (key, rights) = PercentEncoding.decode(name).flatMap({ keys[$0] }) else { throw .unknownKeyName }
        // Compares in constant time, and before all else that a guess could learn from.
        let signed = Data("\(resource)\n\(expiry)".utf8)
        guard HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: signed, using: key) else {
            throw .badSignature
        }
        let grant = SharedAccessGrant(address: address, expiry: Double(seconds), rights: rights)
        known.withLock { known in
            if known.count >= Self.memory { known.removeAll(keepingCapacity: true) }
            known[authorization] = grant
        }
        return grant
    }

    private static func fields(_ authorization: String) throws(Refusal) -> [Substring: Substring] {
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "sharedaccesssignature" else { throw .malformed }
        var fields: [Substring: Substring] = [:]
        for part in parts[1].split(separator: "&", omittingEmptySubsequences: false) {
            guard let equals = part.firstIndex(of: "=") else { throw .malformed }
            let value = part[part.index(after: equals)...]
            guard fields.updateValue(value, forKey: part[..<equals]) == nil else { throw .malformed }
        }
        return fields
    }
}

import Crypto
import Messaging
import Settings
import WebFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Checks tokens of the form `SharedAccessSignature sr=…&sig=…&se=…&skn=…`.
///
/// Source: learn.microsoft.com/azure/service-bus-messaging/service-bus-sas
struct SharedAccessVerifier: Sendable {
    /// Why a token is not accepted.
    enum Refusal: Error, Sendable, Hashable {
        case missing
        case malformed
        case unknownKeyName
        case badSignature
        case expired
        case wrongResource
    }

    private let keyName: String
    private let key: SymmetricKey
    private let now: @Sendable () -> Date

    init(keyName: String, key: SecretValue, now: @escaping @Sendable () -> Date) {
        self.keyName = keyName
        self.key = SymmetricKey(data: Data(key.unsafeRevealed.utf8))
        self.now = now
    }

    /// Checks that the token opens this entity on this host.
    func check(_ authorization: String?, host: String, entity: String) throws(Refusal) {
        guard let authorization else { throw .missing }
        let fields = try Self.fields(authorization)
        guard let resource = fields["sr"], let signature = fields["sig"], let expiry = fields["se"],
            let name = fields["skn"], let seconds = Int(expiry),
            let code = PercentEncoding.decode(signature).flatMap({ Data(base64Encoded: $0) }),
            let address = PercentEncoding.decode(resource)
        else { throw .malformed }
        guard PercentEncoding.decode(name) == keyName else { throw .unknownKeyName }
        // Compares in constant time, and before all else that a guess could learn from.
        let signed = Data("\(resource)\n\(expiry)".utf8)
        guard HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: signed, using: key) else {
            throw .badSignature
        }
        guard Double(seconds) > now().timeIntervalSince1970 else { throw .expired }
        guard Self.covers(address, host: host, entity: entity) else { throw .wrongResource }
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

    /// Whether an address such as `https://host/jobs` is the entity or something above it; ports are not compared.
    private static func covers(_ address: String, host: String, entity: String) -> Bool {
        let rest = address.firstRange(of: "://").map { address[$0.upperBound...] } ?? address[...]
        let parts = rest.lowercased().split(separator: "/")
        guard let authority = parts.first, name(authority) == name(host.lowercased()[...]) else { return false }
        return entity.lowercased().split(separator: "/").starts(with: parts.dropFirst())
    }

    private static func name(_ authority: Substring) -> Substring {
        // What follows the last colon is a port, unless the colon is part of an address in brackets.
        guard let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") else { return authority }
        return authority[..<colon]
    }
}

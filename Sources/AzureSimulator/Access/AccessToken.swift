import Crypto
import JSONText

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a token says of the one who holds it.
struct AccessToken: Sendable, Hashable {
    var tenant: String
    var objectID: String
    var clientID: String
    var audience: String
    var issuedAt: Date
    var expiresAt: Date
}

/// Writes tokens in the form of Microsoft Entra ID and knows its own again.
///
/// They look like signed tokens (RFC 7519) because clients read the claims; only the simulator can check them.
struct TokenIssuer: Sendable {
    static let lifetime = Duration.seconds(3599)

    private let key: SymmetricKey

    init(seed: UInt64) {
        var source = SeededSource(seed: seed ^ 0x746F_6B65_6E73)
        key = SymmetricKey(data: Array(source.digits(64).utf8))
    }

    func text(_ token: AccessToken) -> String {
        let claims: JSON = [
            "aud": .string(token.audience), "iss": .string("https://sts.windows.net/\(token.tenant)/"),
            "iat": JSON(Int(token.issuedAt.timeIntervalSince1970)),
            "nbf": JSON(Int(token.issuedAt.timeIntervalSince1970)),
            "exp": JSON(Int(token.expiresAt.timeIntervalSince1970)), "appid": .string(token.clientID),
            "idtyp": "app", "oid": .string(token.objectID), "sub": .string(token.objectID),
            "tid": .string(token.tenant), "ver": "1.0",
        ]
        let header: JSON = ["typ": "JWT", "alg": "HS256", "kid": "simulator"]
        let signed = Base64URL.encode(header.bytes) + "." + Base64URL.encode(claims.bytes)
        return signed + "." + Base64URL.encode(signature(of: signed))
    }

    /// Reads a token; `nil` where this is not one of ours.
    func token(_ text: String) -> AccessToken? {
        guard let end = text.lastIndex(of: "."), let given = Base64URL.decode(text[end...].dropFirst()) else {
            return nil
        }
        let signed = String(text[..<end])
        let code = Data(given)
        guard HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Data(signed.utf8), using: key),
            let claims = Self.claims(text)
        else { return nil }
        func claim(_ name: String) -> String { claims[name]?.string ?? "" }
        return AccessToken(
            tenant: claim("tid"),
            objectID: claim("oid"),
            clientID: claim("appid"),
            audience: claim("aud"),
            issuedAt: Date(timeIntervalSince1970: Double(claims["iat"]?.integer ?? 0)),
            expiresAt: Date(timeIntervalSince1970: Double(claims["exp"]?.integer ?? 0))
        )
    }

    private func signature(of text: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key))
    }

    /// The claims of any token, without a look at its signature.
    static func claims(_ text: String) -> JSON? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64URL.decode(parts[1]) else { return nil }
        return try? JSON(parsing: bytes)
    }
}

/// Bytes as text that may stand in an address.
///
/// Source: RFC 4648, section 5
enum Base64URL {
    static func encode(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let plain = String(text).replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - plain.count % 4) % 4)
        return Data(base64Encoded: plain + padding).map { Array($0) }
    }
}

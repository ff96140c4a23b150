import Crypto
import Foundation
import HTTPTypes
import JWTKit
import Settings
import Testing

@testable import ServiceKit

struct BearerAuthenticatorTests {
    static let key = SecretValue("a key that is long enough for HMAC")

    @Test func `a token of ours names its user`() async throws {
        let token = try await BearerIssuer(signingKey: Self.key).token(for: "ada", lifetime: .seconds(60))
        let authenticator = await BearerAuthenticator(signingKey: Self.key)
        #expect(try await authenticator.user(from: "Bearer \(token)") == "ada")
        #expect(try await authenticator.user(from: "bearer \(token)") == "ada")
    }

    @Test func `a header of another kind is refused with a challenge`() async throws {
        let authenticator = await BearerAuthenticator(signingKey: Self.key)
        for header in [nil, "", "Basic YTpi", "Bearer", "Bearer  ", "Bearer a.b.c", "Bearer ....", "token"] {
            let error = await #expect(throws: APIError.self) { try await authenticator.user(from: header) }
            #expect(error?.status == .unauthorized)
            #expect(error?.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true)
        }
    }

    @Test(arguments: [
        Forgery(name: "expired", expiry: -1), Forgery(name: "not valid yet", notBefore: 60),
        Forgery(name: "another key", key: "another key that is long enough"),
        Forgery(name: "no algorithm", algorithm: "none"),
        Forgery(name: "lower-case none", algorithm: "nOnE"), Forgery(name: "another algorithm", algorithm: "HS512"),
        Forgery(name: "an asymmetric algorithm", algorithm: "RS256"), Forgery(name: "no user", user: ""),
        Forgery(name: "no expiry", expiry: nil), Forgery(name: "unsigned", isSigned: false),
    ])
    func `a forged token is refused`(forgery: Forgery) async throws {
        let authenticator = await BearerAuthenticator(signingKey: Self.key)
        let error = await #expect(throws: APIError.self) {
            try await authenticator.user(from: "Bearer \(forgery.token)")
        }
        #expect(error?.status == .unauthorized)
        #expect(error?.message.contains(forgery.token) == false)
    }

    @Test func `the forger can also make a good token`() async throws {
        let authenticator = await BearerAuthenticator(signingKey: Self.key)
        #expect(try await authenticator.user(from: "Bearer \(Forgery(name: "none").token)") == "ada")
    }
}

/// A token made by hand, good but for what is said.
struct Forgery: Sendable, CustomTestStringConvertible {
    var name: String
    var user = "ada"
    var expiry: Double? = 60
    var notBefore: Double?
    var key = "a key that is long enough for HMAC"
    var algorithm = "HS256"
    var isSigned = true

    var testDescription: String { name }

    var token: String {
        let now = Date().timeIntervalSince1970.rounded()
        let claims =
            [#""sub":"\#(user)""#] + (expiry.map { [#""exp":\#(Int(now + $0))"#] } ?? [])
            + (notBefore.map { [#""nbf":\#(Int(now + $0))"#] } ?? [])
        let header = #"{"alg":"\#(algorithm)","typ":"JWT"}"#
        let payload = encoded(header) + "." + encoded("{" + claims.joined(separator: ",") + "}")
        let code = HMAC<SHA256>.authenticationCode(for: Data(payload.utf8), using: SymmetricKey(data: Data(key.utf8)))
        return payload + "." + (isSigned ? encoded(Data(code)) : "")
    }

    private func encoded(_ text: String) -> String { encoded(Data(text.utf8)) }

    private func encoded(_ data: Data) -> String {
        data.base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }
}

import Foundation
import JWTKit
import Testing

@testable import ServiceKit

struct VerifiedTokensTests {
    static let start = Date(timeIntervalSince1970: 1_000_000)

    private static func claims(from: Double?, to end: Double) -> UserClaims {
        UserClaims(
            sub: SubjectClaim(value: "ada"),
            exp: ExpirationClaim(value: start.addingTimeInterval(end)),
            nbf: from.map { NotBeforeClaim(value: start.addingTimeInterval($0)) },
            iat: nil
        )
    }

    @Test func `a token that was found right is worth nothing before its time and after its end`() {
        let tokens = VerifiedTokens()
        tokens.remember("token", Self.claims(from: 10, to: 20))
        #expect(tokens.user(of: "token", now: Self.start.addingTimeInterval(9)) == nil)
        #expect(tokens.user(of: "token", now: Self.start.addingTimeInterval(10)) == "ada")
        #expect(tokens.user(of: "token", now: Self.start.addingTimeInterval(19)) == "ada")
        #expect(tokens.user(of: "token", now: Self.start.addingTimeInterval(20)) == nil)
        #expect(tokens.user(of: "toke", now: Self.start.addingTimeInterval(15)) == nil)
    }
}

import HTTPTypes
public import Hummingbird
import JWTKit
import Logging
public import Settings

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Lets a request through when its bearer token is signed with the stack's key, and says who asks.
///
/// The algorithm is pinned to HS256: a token cannot choose a weaker one, or none (RFC 8725, section 3.1). `sub` names the
/// user; `exp` is required and checked, `nbf` checked where present (RFC 7519).
public struct BearerAuthenticator: RouterMiddleware {
    private let keys: JWTKeyCollection
    private let verified = VerifiedTokens()

    public init(signingKey: SecretValue) async {
        self.keys = await JWTKeyCollection().add(
            hmac: HMACKey(from: signingKey.unsafeRevealed),
            digestAlgorithm: .sha256
        )
    }

    public func handle(
        _ request: Request,
        context: ServiceContext,
        next: @concurrent (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        let user = try await user(from: request.headers[.authorization])
        context.user = user
        context.logger[metadataKey: "user"] = .string(user)
        context.note("user", .string(user))
        return try await next(request, context)
    }

    /// The user that an `Authorization` header proves.
    ///
    /// - Throws: ``APIError`` with status 401 and the reason.
    func user(from authorization: String?) async throws -> String {
        guard let authorization else { throw Self.unauthorized("Send Authorization: Bearer with a token.", error: nil) }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw Self.unauthorized("The Authorization header is not a bearer token.")
        }
        if let user = verified.user(of: parts[1]) { return user }
        let token = Array(parts[1].utf8)
        guard let header = try? DefaultJWTParser().parse(token, as: UserClaims.self).header else {
            throw Self.unauthorized("The token is malformed.")
        }
        guard header.alg == "HS256" else { throw Self.unauthorized("The token must be signed with HS256.") }
        do {
            let claims = try await keys.verify(token, as: UserClaims.self)
            verified.remember(parts[1], claims)
            return claims.sub.value
        } catch let error as JWTError where error.errorType == .claimVerificationFailure {
            throw Self.unauthorized("The token is expired or not valid yet.")
        } catch {
            throw Self.unauthorized("The token's signature does not match.")
        }
    }

    /// Source of the header: RFC 6750, section 3.
    private static func unauthorized(_ message: String, error: String? = "invalid_token") -> APIError {
        let challenge = error.map { #"Bearer error="\#($0)", error_description="\#(message)""# } ?? "Bearer"
        return APIError(
            .unauthorized,
            code: "unauthorized",
            message: message,
            headers: [.wwwAuthenticate: challenge]
        )
    }
}

/// Signs tokens for local use.
public struct BearerIssuer: Sendable {
    private let keys: JWTKeyCollection

    public init(signingKey: SecretValue) async {
        self.keys = await JWTKeyCollection().add(
            hmac: HMACKey(from: signingKey.unsafeRevealed),
            digestAlgorithm: .sha256
        )
    }

    /// A token for this user.
    ///
    /// - Parameters:
    ///   - user: The value of `sub`; not empty.
    ///   - lifetime: How long the token is valid from now.
    /// - Returns: The token, in its compact form.
    /// - Throws: `JWTError` when it cannot be signed.
    public func token(for user: String, lifetime: Duration) async throws -> String {
        let now = Date()
        return try await keys.sign(
            UserClaims(
                sub: SubjectClaim(value: user),
                exp: ExpirationClaim(value: now.addingTimeInterval(Double(lifetime.components.seconds))),
                iat: IssuedAtClaim(value: now)
            )
        )
    }
}

struct UserClaims: JWTPayload {
    var sub: SubjectClaim
    var exp: ExpirationClaim
    var nbf: NotBeforeClaim?
    var iat: IssuedAtClaim?

    func verify(using algorithm: some JWTAlgorithm) throws {
        try exp.verifyNotExpired()
        try nbf?.verifyNotBefore()
        if sub.value.isEmpty { throw JWTError.claimVerificationFailure(failedClaim: sub, reason: "is empty") }
    }
}

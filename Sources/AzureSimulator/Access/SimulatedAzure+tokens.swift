import HTTPTypes
import JSONText
import Renderers
import Settings

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

// Signing in.

extension SimulatedAzure {
    /// The one who sent a request.
    ///
    /// - Throws: ``Refusal`` for a token that is missing, over, not ours, or for somebody else.
    func signedIn(_ request: AzureRequest, to audience: Audience, at now: Date) throws(Refusal) -> AccessToken {
        let words = request.headers[.authorization]?.split(separator: " ", maxSplits: 1) ?? []
        guard words.count == 2, words[0].lowercased() == "bearer" else {
            throw unauthorized("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
        }
        guard let token = issuer.token(String(words[1])) else {
            throw unauthorized("InvalidAuthenticationToken", "The access token is invalid.")
        }
        guard token.expiresAt > now else {
            throw unauthorized(
                "ExpiredAuthenticationToken",
                "The access token expiry UTC time '\(token.expiresAt.formatted(.iso8601))' is earlier than current UTC time."
            )
        }
        guard token.tenant.lowercased() == configuration.tenant.lowercased() else {
            throw unauthorized(
                "InvalidAuthenticationTokenTenant",
                "The access token is from the wrong issuer. It must match the tenant '\(configuration.tenant)'."
            )
        }
        guard audience.accepts(token.audience) else {
            throw unauthorized(
                "InvalidAuthenticationTokenAudience",
                "The access token has been obtained for wrong audience or resource '\(token.audience)'."
            )
        }
        return token
    }

    private func unauthorized(_ code: String, _ message: String) -> Refusal {
        var refusal = Refusal(.unauthorized, code, message)
        let authority = "https://login.microsoftonline.com/\(configuration.tenant)"
        refusal.headers[.wwwAuthenticate] =
            "Bearer authorization_uri=\"\(authority)\", error=\"invalid_token\", error_description=\"\(message)\""
        return refusal
    }

    /// Makes a token without asking who wants it, for tests of what happens to a token later.
    package func token(
        for client: SimulatedClient,
        audience: String = "https://management.azure.com",
        tenant: String? = nil,
        at now: Date
    ) -> String {
        token(clientID: client.clientID, objectID: client.objectID, audience, tenant: tenant, at: now)
    }

    func token(
        clientID: String,
        objectID: String,
        _ audience: String,
        tenant: String? = nil,
        at now: Date
    ) -> String {
        issuer.text(
            AccessToken(
                tenant: tenant ?? configuration.tenant,
                objectID: objectID,
                clientID: clientID,
                audience: audience,
                issuedAt: now,
                expiresAt: now.addingTimeInterval(TokenIssuer.lifetime.inSeconds)
            )
        )
    }

    // MARK: The token endpoint

    // Source: learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
    func tokenAnswer(_ request: AzureRequest, tenant: String, at now: Date) -> AzureResponse {
        do throws(SignInError) {
            guard request.method == .post else { throw SignInError.badRequest("AADSTS900561: only POST is accepted.") }
            return try clientToken(request.form, tenant: tenant, at: now)
        } catch {
            return error.response(at: now)
        }
    }

    private func clientToken(
        _ form: [String: String],
        tenant: String,
        at now: Date
    ) throws(SignInError) -> AzureResponse {
        guard tenant.lowercased() == configuration.tenant.lowercased() else { throw .unknownTenant(tenant) }
        guard form["grant_type"] == "client_credentials" else { throw .unknownGrant(form["grant_type"] ?? "") }
        let id = form["client_id"] ?? ""
        guard let client = client(id) else { throw .unknownClient(id) }
        try checkCredential(of: client, form, at: now)
        let scope = form["scope"] ?? ""
        guard scope.hasSuffix("/.default") else { throw .badScope(scope) }
        let audience = Audience.plain(String(scope.dropLast("/.default".count)))
        guard Audience.isKnown(audience) else { throw .unknownResource(audience) }
        let token = token(clientID: client.clientID, objectID: client.objectID, audience, at: now)
        let seconds = JSON(Int(TokenIssuer.lifetime.inSeconds))
        return AzureResponse(
            .ok,
            json: [
                "token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds,
                "access_token": .string(token),
            ]
        )
    }

    private func checkCredential(
        of client: SimulatedClient,
        _ form: [String: String],
        at now: Date
    ) throws(SignInError) {
        guard let assertion = form["client_assertion"] else {
            guard let secret = client.secret, form["client_secret"] == secret.unsafeRevealed else { throw .wrongSecret }
            return
        }
        guard form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" else {
            throw .badRequest("AADSTS900144: the client_assertion_type is missing or unknown.")
        }
        // The signature is the issuer's, whose keys the simulator does not have.
        guard let claims = TokenIssuer.claims(assertion) else {
            throw .badRequest("AADSTS50027: JWT token is invalid.")
        }
        let trust = client.federation.first { trust in
            let audiences = claims["aud"]?.array?.compactMap(\.string) ?? [claims["aud"]?.string ?? ""]
            return trust.issuer == claims["iss"]?.string && trust.subject == claims["sub"]?.string
                && audiences.contains(trust.audience)
        }
        guard trust != nil else { throw .noFederatedIdentity }
        guard let end = claims["exp"]?.integer, Double(end) > now.timeIntervalSince1970 else { throw .assertionExpired }
    }
}

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

    private func token(
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
        guard let client = configuration.clients.first(where: { $0.clientID.lowercased() == id.lowercased() }) else {
            throw .unknownClient(id)
        }
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

    // MARK: Identities of machines and apps

    // Source: learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
    func instanceMetadataAnswer(_ request: AzureRequest, at now: Date) -> AzureResponse {
        func refuse(_ error: String, _ words: String) -> AzureResponse {
            AzureResponse(.badRequest, json: ["error": .string(error), "error_description": .string(words)])
        }
        guard request.segments.map({ $0.lowercased() }) == ["metadata", "identity", "oauth2", "token"] else {
            return AzureResponse(.notFound)
        }
        guard request.header("Metadata")?.lowercased() == "true" else {
            return refuse("invalid_request", "Required metadata header not specified")
        }
        guard request.query("api-version") == "2018-02-01" else {
            return refuse("invalid_request", "The api-version is missing or unknown")
        }
        let wanted = request.query("client_id") ?? request.query("object_id") ?? request.query("msi_res_id")
        guard let principal = identity(wanted ?? configuration.machineIdentity) else {
            return refuse("invalid_request", "Identity not found")
        }
        return identityToken(principal, request, at: now, refuse)
    }

    // Source: learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
    func identityEndpointAnswer(_ request: AzureRequest, at now: Date) -> AzureResponse {
        func refuse(_ code: String, _ words: String) -> AzureResponse {
            AzureResponse(.badRequest, json: ["statusCode": 400, "message": .string(words), "code": .string(code)])
        }
        guard let header = configuration.identityHeader, request.header("X-IDENTITY-HEADER") == header.unsafeRevealed
        else { return AzureResponse(.unauthorized) }
        guard request.query("api-version") == "2019-08-01" else {
            return refuse("BadRequest", "The api-version is missing or unknown")
        }
        let wanted = request.query("client_id") ?? request.query("principal_id") ?? request.query("mi_res_id")
        guard let principal = identity(wanted ?? configuration.machineIdentity) else {
            return refuse(
                "BadRequest",
                "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId"
            )
        }
        return identityToken(principal, request, at: now, refuse)
    }

    /// An identity by its client, object or resource identifier.
    private func identity(_ name: String?) -> Directory.Principal? {
        guard let name else { return nil }
        if let resource = store[name.lowercased()] { return directory.principal(objectID: resource.principalID) }
        return directory.principal(clientID: name) ?? directory.principal(objectID: name)
    }

    private func identityToken(
        _ principal: Directory.Principal,
        _ request: AzureRequest,
        at now: Date,
        _ refuse: (String, String) -> AzureResponse
    ) -> AzureResponse {
        guard let resource = request.query("resource"), Audience.isKnown(resource) else {
            return refuse("invalid_resource", "AADSTS500011: The resource principal was not found in the tenant")
        }
        let token = token(clientID: principal.clientID, objectID: principal.objectID, Audience.plain(resource), at: now)
        let start = Int(now.timeIntervalSince1970)
        let lifetime = Int(TokenIssuer.lifetime.inSeconds)
        return AzureResponse(
            .ok,
            json: [
                "access_token": .string(token), "client_id": .string(principal.clientID),
                "expires_in": .string("\(lifetime)"), "expires_on": .string("\(start + lifetime)"),
                "not_before": .string("\(start)"), "resource": .string(resource), "token_type": "Bearer",
            ]
        )
    }
}

/// Why no token is given.
///
/// Source: learn.microsoft.com/entra/identity-platform/reference-error-codes
enum SignInError: Error {
    case unknownTenant(String)
    case unknownGrant(String)
    case unknownClient(String)
    case wrongSecret
    case noFederatedIdentity
    case assertionExpired
    case badScope(String)
    case unknownResource(String)
    case badRequest(String)

    private var parts: (status: HTTPResponse.Status, error: String, words: String, code: Int) {
        switch self {
        case .unknownTenant(let tenant):
            (.badRequest, "invalid_request", "AADSTS90002: Tenant '\(tenant)' not found.", 90002)
        case .unknownGrant(let grant):
            (.badRequest, "unsupported_grant_type", "AADSTS70003: The grant type '\(grant)' is not supported.", 70003)
        case .unknownClient(let id):
            (
                .badRequest, "unauthorized_client", "AADSTS700016: Application '\(id)' was not found in the directory.",
                700_016
            )
        case .wrongSecret:
            (.unauthorized, "invalid_client", "AADSTS7000215: Invalid client secret provided.", 7_000_215)
        case .noFederatedIdentity:
            (.unauthorized, "invalid_client", "AADSTS70021: No matching federated identity record found.", 70021)
        case .assertionExpired:
            (
                .unauthorized, "invalid_client", "AADSTS700024: Client assertion is not within its valid time range.",
                700_024
            )
        case .badScope(let scope):
            (
                .badRequest, "invalid_scope", "AADSTS1002012: The scope '\(scope)' is not valid; use /.default.",
                1_002_012
            )
        case .unknownResource(let resource):
            (
                .badRequest, "invalid_resource", "AADSTS500011: The resource principal '\(resource)' was not found.",
                500_011
            )
        case .badRequest(let words): (.badRequest, "invalid_request", words, 900_144)
        }
    }

    func response(at now: Date) -> AzureResponse {
        let parts = parts
        return AzureResponse(
            parts.status,
            json: [
                "error": .string(parts.error), "error_description": .string(parts.words),
                "error_codes": [JSON(parts.code)], "timestamp": .string(now.formatted(.iso8601)),
            ]
        )
    }
}

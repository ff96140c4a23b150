import HTTPTypes
import JSONText

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

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

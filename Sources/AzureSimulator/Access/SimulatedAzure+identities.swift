import HTTPTypes
import JSONText
import Settings

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// Tokens for the identities of machines and apps.

extension SimulatedAzure {
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

import HTTPTypes
import JSONText

#if canImport(FoundationEssentials)
import struct FoundationEssentials.Date
#else
import struct Foundation.Date
#endif

// How a registry learns who somebody is: a token of Microsoft Entra for one of its own, and that for one that is good
// for a repository.
//
// Source: github.com/Azure/acr/blob/main/docs/AAD-OAuth.md

extension SimulatedAzure {
    /// The name under which a registry knows itself.
    static func registryHost(_ name: String) -> String { "\(name).azurecr.io" }

    mutating func registryTokenAnswer(_ request: AzureRequest, _ path: [String], at now: Date) -> AzureResponse {
        do throws(Refusal) {
            let form = request.form
            let name = String((form["service"] ?? "").prefix { $0 != "." })
            guard request.method == .post, form["service"] == Self.registryHost(name), liveRegistry(name) != nil else {
                throw .badRequest("BAD_REQUEST", "The service is no registry.")
            }
            switch path.last {
            case "exchange":
                guard form["grant_type"] == "access_token" else { throw .badRequest("BAD_REQUEST", "Unknown grant.") }
                let holder = try registryHolder(
                    form["access_token"],
                    for: "https://containerregistry.azure.net",
                    at: now
                )
                return AzureResponse(.ok, json: ["refresh_token": .string(token(of: holder, for: name, at: now))])
            case "token":
                guard form["grant_type"] == "refresh_token", let scope = form["scope"], !scope.isEmpty else {
                    throw .badRequest("BAD_REQUEST", "Unknown grant, or no scope.")
                }
                let holder = try registryHolder(form["refresh_token"], for: name, at: now)
                return AzureResponse(
                    .ok,
                    json: ["access_token": .string(token(of: holder, for: "\(name) \(scope)", at: now))]
                )
            default: throw .notFound("NOT_FOUND", "There is nothing here.")
            }
        } catch {
            return error.registryResponse
        }
    }

    private func token(of holder: AccessToken, for audience: String, at now: Date) -> String {
        token(clientID: holder.clientID, objectID: holder.objectID, audience, at: now)
    }

    /// Who holds a token for something; no other token will do.
    private func registryHolder(_ text: String?, for audience: String, at now: Date) throws(Refusal) -> AccessToken {
        guard let token = text.flatMap({ issuer.token($0) }), token.expiresAt > now,
            Audience.plain(token.audience) == Audience.plain(audience)
        else { throw Refusal(.unauthorized, "UNAUTHORIZED", "authentication required") }
        return token
    }

    /// Who may do something in a repository, by the token that a request shows.
    ///
    /// - Throws: What sends a client to where tokens are had, where it shows none that will do.
    func checkRegistryAccess(
        _ request: AzureRequest,
        _ registry: Resource,
        repository: String,
        right: RegistryRight,
        at now: Date
    ) throws(Refusal) {
        let words = request.headers[.authorization]?.split(separator: " ", maxSplits: 1) ?? []
        let token = words.count == 2 && words[0] == "Bearer" ? issuer.token(String(words[1])) : nil
        let scopes = token?.audience.split(separator: " ") ?? []
        let granted = scopes.dropFirst().contains { scope in
            let parts = scope.split(separator: ":")
            return parts.count == 3 && parts[0] == "repository" && parts[1] == repository
                && parts[2].split(separator: ",").contains { $0 == right.rawValue }
        }
        guard let token, token.expiresAt > now, scopes.first.map(String.init) == registry.name.lowercased(), granted
        else {
            var refusal = Refusal(.unauthorized, "UNAUTHORIZED", "authentication required")
            let service = Self.registryHost(registry.name.lowercased())
            let realm = "Bearer realm=\"\(request.origin)/oauth2/token\",service=\"\(service)\","
            refusal.headers.set("WWW-Authenticate", realm + "scope=\"repository:\(repository):\(right.rawValue)\"")
            throw refusal
        }
        let action = configuration.registriesHaveRepositoryRoles ? right.repositoryAction : right.action
        guard access.allows(action, by: token.objectID, on: registry.key, at: now) else {
            throw Refusal(.forbidden, "DENIED", "requested access to the resource is denied")
        }
    }

    /// A registry that has an address; nobody has heard of that of one which is being made.
    func liveRegistry(_ name: String) -> Resource? {
        store.resource("Microsoft.ContainerRegistry/registries", named: name).flatMap {
            $0.state == .creating ? nil : $0
        }
    }
}

/// What somebody may do in a repository.
///
/// Sources: learn.microsoft.com/azure/role-based-access-control/permissions/containers#microsoftcontainerregistry,
/// learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions
enum RegistryRight: String, Sendable {
    case pull
    case push

    var action: Action {
        .management("Microsoft.ContainerRegistry/registries/" + (self == .pull ? "pull/read" : "push/write"))
    }

    var repositoryAction: Action {
        .data("Microsoft.ContainerRegistry/registries/repositories/content/" + (self == .pull ? "read" : "write"))
    }
}

extension Refusal {
    /// How a registry refuses.
    ///
    /// Source: github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#error-codes
    var registryResponse: AzureResponse {
        let error: JSON = ["code": .string(code), "message": .string(message)]
        return AzureResponse(status, headers: headers, json: ["errors": [error]])
    }
}

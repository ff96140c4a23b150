import HTTPTypes
import JSONText
import Renderers

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// The data plane of Key Vault.
//
// Source: learn.microsoft.com/rest/api/keyvault/secrets

/// What can be done with secrets, in the words of access policies.
enum SecretOperation: String, Sendable {
    case get, list, set, delete, recover, purge

    var dataAction: String {
        let secrets = "Microsoft.KeyVault/vaults/secrets"
        return switch self {
        case .get: "\(secrets)/getSecret/action"
        case .list: "\(secrets)/readMetadata/action"
        case .set: "\(secrets)/setSecret/action"
        case .delete: "\(secrets)/delete"
        case .recover: "\(secrets)/recover/action"
        case .purge: "\(secrets)/purge/action"
        }
    }
}

/// A request to one vault.
struct VaultCall {
    let vault: Resource
    let request: AzureRequest
    let caller: AccessToken
    let now: Date
    /// Where the vault believes to be: `https://main.vault.azure.net`.
    let address: String
}

extension SimulatedAzure {
    static let vaultVersions = ["7.4", "7.5", "7.6"]

    mutating func vaultAnswer(
        _ request: AzureRequest,
        vault name: String,
        _ path: [String],
        at now: Date
    ) -> AzureResponse {
        guard let vault = store.resource(ResourceType.vault.rawValue, named: name), vault.state == .succeeded else {
            // Nobody has heard of the host name yet, so that no connection is made at all.
            var response = AzureResponse(.serviceUnavailable)
            response.delivery = .dropped
            return response
        }
        do throws(Refusal) {
            let caller = try vaultCaller(request, at: now)
            guard let version = request.query("api-version"), Self.vaultVersions.contains(version) else {
                throw Refusal.badRequest("BadParameter", "The api-version is missing or unknown.")
            }
            let days = vault.body["properties"]?["softDeleteRetentionInDays"]?.integer ?? 90
            vaults[vault.key]?.expire(before: now.addingTimeInterval(Double(-days) * 86_400))
            let address = Self.address(of: request, vault: name)
            let call = VaultCall(vault: vault, request: request, caller: caller, now: now, address: address)
            return try secretAnswer(path, call)
        } catch {
            return error.managementResponse
        }
    }

    private static func address(of request: AzureRequest, vault: String) -> String {
        let isHost = request.authority.lowercased().hasPrefix("\(vault).vault.azure.net")
        return isHost ? request.origin : "\(request.origin)/vault/\(vault)"
    }

    /// The caller; one who does not say who he is learns where to sign in.
    ///
    /// Source: learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses
    private func vaultCaller(_ request: AzureRequest, at now: Date) throws(Refusal) -> AccessToken {
        do {
            return try signedIn(request, to: .vault, at: now)
        } catch {
            var refusal = Refusal(.unauthorized, "Unauthorized", "AKV10000: \(error.message)")
            let authority = "https://login.microsoftonline.com/\(configuration.tenant)"
            refusal.headers[.wwwAuthenticate] =
                "Bearer authorization=\"\(authority)\", resource=\"https://vault.azure.net\""
            throw refusal
        }
    }

    private mutating func secretAnswer(_ path: [String], _ call: VaultCall) throws(Refusal) -> AzureResponse {
        let words = path.map { $0.lowercased() }
        switch (call.request.method, words.first, path.count) {
        case (.get, "secrets", 1): return try list(areDeleted: false, call)
        case (.put, "secrets", 2): return try set(path[1], call)
        case (.delete, "secrets", 2): return try deleteSecret(path[1], call)
        case (.get, "secrets", 2): return try get(path[1], version: nil, call)
        case (.get, "secrets", 3) where words[2] == "versions": return try versions(path[1], call)
        case (.get, "secrets", 3): return try get(path[1], version: path[2], call)
        case (.get, "deletedsecrets", 1): return try list(areDeleted: true, call)
        case (.get, "deletedsecrets", 2): return try deletedSecret(path[1], call)
        case (.post, "deletedsecrets", 3) where words[2] == "recover": return try recover(path[1], call)
        case (.delete, "deletedsecrets", 2): return try purge(path[1], call)
        default: throw .methodNotAllowed(call.request.method, call.request.path)
        }
    }

    // MARK: Secrets

    private mutating func set(_ name: String, _ call: VaultCall) throws(Refusal) -> AzureResponse {
        try permit(.set, name, call)
        guard Self.matches(name, "^[0-9a-zA-Z-]{1,127}$") else {
            throw .badRequest("BadParameter", "The secret name '\(name)' is not valid.")
        }
        guard let body = try? JSON(parsing: call.request.body), body.members != nil else {
            throw .badRequest("BadParameter", "The request body is not a JSON object.")
        }
        let known: Set = ["value", "contentType", "tags", "attributes"]
        if let stranger = body.members?.first(where: { !known.contains($0.name) }) {
            throw .badRequest("BadParameter", "Property has invalid value or is unknown: '\(stranger.name)'.")
        }
        let version = try addVersion(of: name, in: call.vault, body, at: call.now)
        keepSecretResource(name, in: call.vault, at: call.now)
        written.append(call.vault.identifier.child("secrets", name).key)
        journal.noteWrite(
            of: call.vault.identifier.child("secrets", name).key,
            below: [call.vault.key],
            from: call.now,
            to: call.now
        )
        return AzureResponse(.ok, json: json(version, name, withValue: true, call))
    }

    /// Adds a version of a secret.
    private mutating func addVersion(
        of name: String,
        in vault: Resource,
        _ body: JSON,
        at now: Date
    ) throws(Refusal) -> VaultContents.Version {
        guard let value = body["value"]?.string else {
            throw .badRequest("BadParameter", "The property 'value' is required and must be a string.")
        }
        // Source: learn.microsoft.com/azure/key-vault/secrets/about-secrets
        guard value.utf8.count <= 25 * 1024 else {
            throw .badRequest("BadParameter", "The value of a secret has at most 25 KB.")
        }
        let attributes = body["attributes"] ?? [:]
        let version = VaultContents.Version(
            id: source.digits(32),
            value: value,
            contentType: body["contentType"]?.string,
            tags: body["tags"],
            isEnabled: attributes["enabled"]?.bool ?? true,
            notBefore: attributes["nbf"]?.integer,
            expires: attributes["exp"]?.integer,
            createdAt: now,
            updatedAt: now
        )
        try vaults[vault.key, default: VaultContents()].add(version, to: name)
        return version
    }

    /// What is written through the management plane is a version like any other.
    mutating func prepareSecret(_ resource: inout Resource, _ write: Write) throws(Refusal) {
        guard let parent = write.identifier.parent, let vault = store[parent.key] else { return }
        let properties = write.given["properties"] ?? [:]
        if write.old != nil, properties["value"] == nil { return }
        guard properties["value"] != nil else {
            throw Self.invalid(body: [BodyProblem(path: "properties.value", reason: "is required and missing")])
        }
        _ = try addVersion(of: resource.name, in: vault, properties, at: write.call.now)
        // The vault keeps the value, and the resource does not.
        resource.body = resource.body.removing("properties.value")
    }

    /// A secret is a resource, too, whichever way it came.
    mutating func keepSecretResource(_ name: String, in vault: Resource, at now: Date) {
        let identifier = vault.identifier.child("secrets", name)
        guard store[identifier.key] == nil, let facts = TypeTable.all[ResourceType.secret.rawValue] else { return }
        store.insert(
            Resource(
                identifier: identifier,
                facts: facts,
                body: ["properties": ["attributes": ["enabled": true]]],
                state: .succeeded,
                createdAt: now,
                changedAt: now,
                principalID: source.guid(),
                clientID: source.guid(),
                visibleFrom: now
            )
        )
    }

    private func get(_ name: String, version: String?, _ call: VaultCall) throws(Refusal) -> AzureResponse {
        try permit(.get, name, call)
        let secret = try secret(name, call)
        guard let found = version.map({ id in secret.versions.first { $0.id == id } }) ?? secret.versions.last else {
            throw Self.noSecret(name)
        }
        guard found.isEnabled else {
            throw Refusal(.forbidden, "Forbidden", "Operation get is not allowed on a disabled secret.")
        }
        return AzureResponse(.ok, json: json(found, secret.name, withValue: true, call))
    }

    private func versions(_ name: String, _ call: VaultCall) throws(Refusal) -> AzureResponse {
        try permit(.list, name, call)
        let secret = try secret(name, call)
        return page(secret.versions.reversed().map { json($0, secret.name, withValue: false, call) }, call)
    }

    private func list(areDeleted: Bool, _ call: VaultCall) throws(Refusal) -> AzureResponse {
        try permit(.list, nil, call)
        let secrets = vaults[call.vault.key]?.all(areDeleted: areDeleted) ?? []
        return page(secrets.compactMap { areDeleted ? deletedJSON($0, call) : summary($0, call) }, call)
    }

    func summary(_ secret: VaultContents.Secret, _ call: VaultCall) -> JSON? {
        secret.versions.last.map {
            json($0, secret.name, withValue: false, call)
                .overlaid(by: ["id": .string("\(call.address)/secrets/\(secret.name)")])
        }
    }

    // Source: learn.microsoft.com/rest/api/keyvault/secrets/get-secrets, which gives at most 25 a page
    private func page(_ items: [JSON], _ call: VaultCall) -> AzureResponse {
        let start = min(max(call.request.query("$skiptoken").flatMap { Int($0) } ?? 0, 0), items.count)
        let size = min(max(call.request.query("maxresults").flatMap { Int($0) } ?? 25, 1), 25)
        let end = min(start + size, items.count)
        let path =
            call.address + "/"
            + call.request.segments.drop { $0 != "secrets" && $0 != "deletedsecrets" }
            .joined(separator: "/")
        let next = "\(path)?api-version=\(call.request.query("api-version") ?? "")&$skiptoken=\(end)&maxresults=\(size)"
        return AzureResponse(
            .ok,
            json: ["value": .array(Array(items[start..<end])), "nextLink": end < items.count ? .string(next) : .null]
        )
    }
}

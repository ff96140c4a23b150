import HTTPTypes
import JSONText

// Secrets that were deleted can be brought back, and keep their names until they are purged.
//
// Source: learn.microsoft.com/rest/api/keyvault/secrets/get-deleted-secret

extension SimulatedAzure {
    mutating func deleteSecret(_ name: String, _ call: VaultCall) throws(Refusal) -> AzureResponse {
        try permit(.delete, name, call)
        var secret = try secret(name, call)
        secret.deletedAt = call.now
        vaults[call.vault.key]?[name] = secret
        remove(key: call.vault.identifier.child("secrets", name).key, at: call.now)
        written.append(call.vault.identifier.child("secrets", name).key)
        return AzureResponse(.ok, json: deletedJSON(secret, call) ?? [:])
    }

    func deletedSecret(_ name: String, _ call: VaultCall) throws(Refusal) -> AzureResponse {
        try permit(.get, name, call)
        guard let secret = vaults[call.vault.key]?[name], let json = deletedJSON(secret, call) else {
            throw Self.noSecret(name)
        }
        return AzureResponse(.ok, json: json)
    }

    mutating func recover(_ name: String, _ call: VaultCall) throws(Refusal) -> AzureResponse {
        try permit(.recover, name, call)
        guard var secret = vaults[call.vault.key]?[name], secret.deletedAt != nil else { throw Self.noSecret(name) }
        secret.deletedAt = nil
        vaults[call.vault.key]?[name] = secret
        keepSecretResource(secret.name, in: call.vault, at: call.now)
        return AzureResponse(.ok, json: summary(secret, call) ?? [:])
    }

    mutating func purge(_ name: String, _ call: VaultCall) throws(Refusal) -> AzureResponse {
        try permit(.purge, name, call)
        guard vaults[call.vault.key]?[name]?.deletedAt != nil else { throw Self.noSecret(name) }
        guard call.vault.body["properties"]?["enablePurgeProtection"] != true else {
            throw Refusal(.forbidden, "Forbidden", "Operation \"purge\" is not enabled for this vault.")
        }
        vaults[call.vault.key]?[name] = nil
        return AzureResponse(.noContent)
    }
}

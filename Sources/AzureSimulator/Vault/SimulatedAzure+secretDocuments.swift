import HTTPTypes
import JSONText

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// How secrets are written in answers.
//
// Source: learn.microsoft.com/rest/api/keyvault/secrets

extension SimulatedAzure {
    func secret(_ name: String, _ call: VaultCall) throws(Refusal) -> VaultContents.Secret {
        guard let secret = vaults[call.vault.key]?[name], secret.deletedAt == nil else { throw Self.noSecret(name) }
        return secret
    }

    static func noSecret(_ name: String) -> Refusal {
        .notFound("SecretNotFound", "A secret with (name/id) \(name) was not found in this key vault.")
    }

    func json(_ version: VaultContents.Version, _ name: String, withValue: Bool, _ call: VaultCall) -> JSON {
        let attributes = JSON.compact([
            "enabled": .bool(version.isEnabled), "nbf": version.notBefore.map { JSON($0) },
            "exp": version.expires.map { JSON($0) },
            "created": JSON(Int(version.createdAt.timeIntervalSince1970)),
            "updated": JSON(Int(version.updatedAt.timeIntervalSince1970)), "recoveryLevel": "Recoverable+Purgeable",
        ])
        return .compact([
            "value": withValue ? .string(version.value) : nil,
            "contentType": version.contentType.map { .string($0) },
            "id": .string("\(call.address)/secrets/\(name)/\(version.id)"), "attributes": attributes,
            "tags": version.tags,
        ])
    }

    func deletedJSON(_ secret: VaultContents.Secret, _ call: VaultCall) -> JSON? {
        guard let deletedAt = secret.deletedAt, let base = summary(secret, call) else { return nil }
        let days = call.vault.body["properties"]?["softDeleteRetentionInDays"]?.integer ?? 90
        return base.overlaid(by: [
            "recoveryId": .string("\(call.address)/deletedsecrets/\(secret.name)"),
            "deletedDate": JSON(Int(deletedAt.timeIntervalSince1970)),
            "scheduledPurgeDate": JSON(Int(deletedAt.timeIntervalSince1970) + days * 86_400),
        ])
    }
}

import HTTPTypes
import JSONText

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// Who may do what with secrets: by roles, or by the access policies of the vault.
//
// Source: learn.microsoft.com/azure/key-vault/general/rbac-guide

extension SimulatedAzure {
    func allowsSecret(
        _ operation: SecretOperation,
        of vault: Resource,
        scope: String,
        by principal: String,
        at now: Date
    ) -> Bool {
        let properties = vault.body["properties"] ?? [:]
        guard properties["enableRbacAuthorization"] != true else {
            return access.allows(.data(operation.dataAction), by: principal, on: scope, at: now)
        }
        return properties["accessPolicies"]?.array?.contains { policy in
            let allowed = policy["permissions"]?["secrets"]?.array?.compactMap { $0.string?.lowercased() } ?? []
            return policy["objectId"]?.string == principal
                && !Set(allowed).isDisjoint(with: [operation.rawValue, "all"])
        } ?? false
    }

    func permit(_ operation: SecretOperation, _ name: String?, _ call: VaultCall) throws(Refusal) {
        let scope = name.map { call.vault.identifier.child("secrets", $0).key } ?? call.vault.key
        let id = call.caller.objectID
        guard !allowsSecret(operation, of: call.vault, scope: scope, by: id, at: call.now) else { return }
        throw Refusal(
            .forbidden,
            "Forbidden",
            """
            Caller is not authorized to perform action on resource. If role assignments, deny assignments or role \
            definitions were changed recently, please observe propagation time. Caller: oid=\(id), \
            Action: '\(operation.dataAction)', Vault: \(call.vault.name).
            """
        )
    }
}

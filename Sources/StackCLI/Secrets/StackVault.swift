import Azure
import Deployment
import JSONText
import Planning
import Renderers
import Settings
import StackGraph

/// The vaults of a deployed stack.
struct StackVault: Sendable {
    private let session: AzureSession
    private let live: LiveStack

    /// Reads the vaults, and which secrets they hold.
    init(of graph: Graph, in session: AzureSession) async throws {
        self.session = session
        self.live = try await LiveStack(reading: ARMTemplate(graph), in: session) { resource in
            [.vault, .secret].contains(resource.type) && !resource.isExisting
        }
    }

    /// The secrets that have a value, by the names of their variables.
    func names(among needs: [SecretNeed]) -> Set<String> {
        let held = live.resources.filter { $0.type == .secret && $0.document != nil }
        return Set(
            needs.filter { need in
                held.contains { $0.node == need.store && $0.id.name == need.secret.nameInVault }
            }
            .map(\.secret.name)
        )
    }

    /// Puts a value into the vault, through the management plane: whoever may deploy may do that.
    ///
    /// Source: learn.microsoft.com/rest/api/keyvault/secrets/create-or-update
    ///
    /// - Returns: The name of the vault.
    func set(_ need: SecretNeed, to value: SecretValue) async throws -> String {
        guard let vault = live.resources.first(where: { $0.type == .vault && $0.node == need.store }),
            vault.document != nil, let id = vault.id.child("secrets", need.secret.nameInVault)
        else {
            throw Failure(
                "The vault of '\(need.secret.name)' is not there yet; `infra up --target azure` makes it.",
                "Until then, set \(need.secret.name) in the environment of `infra up`."
            )
        }
        let body: JSON = ["properties": ["contentType": "text/plain", "value": .string(value.unsafeRevealed)]]
        try await session.plane.put(id, body, apiVersion: ResourceType.secret.apiVersion, secrets: [value])
        return vault.id.name
    }
}

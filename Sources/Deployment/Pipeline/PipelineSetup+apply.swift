import Azure
import JSONText
import Planning
import Renderers

extension PipelineSetup {
    /// Does what is missing, step by step: each may be repeated, so that a plan that was cut off is finished by the next.
    ///
    /// - Parameters:
    ///   - plan: What ``plan()`` has found.
    ///   - report: Is told before each step.
    /// - Returns: The identity as it is now.
    /// - Throws: ``Azure/AzureError``, ``Azure/CredentialError``, ``DeploymentError``, `CancellationError`.
    package func apply(_ plan: PipelinePlan, report: (PipelinePlan.Step) -> Void) async throws -> PipelineIdentity {
        var found = plan.identity
        for step in plan.steps {
            report(step)
            switch step {
            case .makeGroup(_, let location): try await session.plane.putGroup(session.group, location: location)
            case .register(let provider):
                try await session.plane.register(provider: provider, in: session.scope.subscription)
            case .makeIdentity: found = try await makeIdentity()
            case .trust(let subject, let name): try await trust(subject, named: name)
            case .define(let role, _): try await define(role)
            case .give(let role, _, let id): try await give(role, to: found, changing: id)
            }
        }
        guard let found else { throw DeploymentError.unsoundIdentifier(identity.text) }
        return found
    }

    /// The identity has no tag of the stack: it is not removed with it, for the next deployment needs it.
    private func makeIdentity() async throws -> PipelineIdentity? {
        let body: JSON = ["location": .string(session.scope.location), "tags": ["slipway-purpose": "pipeline"]]
        let document = try await session.plane.put(identity, body, apiVersion: ResourceType.identity.apiVersion)
        return document.flatMap(PipelineIdentity.init)
    }

    private func trust(_ subject: String, named name: String?) async throws {
        // The name follows from the subject, so that no two subjects share one and none has two.
        let name = name ?? "github-\(ARMHash.uniqueString([PipelineAccess.issuer, subject]))"
        guard let id = identity.child("federatedIdentityCredentials", name) else {
            throw DeploymentError.unsoundIdentifier(name)
        }
        let body: JSON = [
            "properties": [
                "issuer": .string(PipelineAccess.issuer), "subject": .string(subject),
                "audiences": [.string(session.cloud.federationAudience)],
            ]
        ]
        try await session.patiently {
            try await session.plane.put(id, body, apiVersion: ResourceType.identity.apiVersion)
        }
    }

    /// Names of roles are unique in a tenant.
    private func define(_ role: PipelineRole) async throws {
        let name = role.definition(on: scope.text)
        guard let id = scope.resource("Microsoft.Authorization", "roleDefinitions", name) else {
            throw DeploymentError.unsoundIdentifier(name)
        }
        let actions = JSON.array((role.actions ?? []).map { .string($0) })
        let properties: JSON = [
            "roleName": .string("\(role.name) (\(name.prefix(8)))"), "type": "CustomRole",
            "description": "Reads the settings of function apps, to tell what a deployment would change.",
            "assignableScopes": [.string(scope.text)],
            "permissions": [["actions": actions, "notActions": [], "dataActions": [], "notDataActions": []]],
        ]
        try await session.plane.put(
            id,
            ["properties": properties],
            apiVersion: ResourceType.roleDefinition.apiVersion
        )
    }

    private func give(_ role: PipelineRole, to identity: PipelineIdentity?, changing existing: String?) async throws {
        guard let identity else { return }
        let name = ARMHash.guid([scope.text.lowercased(), identity.principalID, role.definition(on: scope.text)])
        let fresh = scope.resource("Microsoft.Authorization", "roleAssignments", name)
        guard let id = existing.flatMap({ ResourceIdentifier($0) }) ?? fresh else {
            throw DeploymentError.unsoundIdentifier(name)
        }
        let definitions =
            "/subscriptions/\(session.scope.subscription)/providers/\(ResourceType.roleDefinition.rawValue)"
        let definition = "\(definitions)/\(role.definition(on: scope.text))"
        let properties: JSON = .compact([
            "roleDefinitionId": .string(definition), "principalId": .string(identity.principalID),
            "principalType": "ServicePrincipal", "condition": role.condition.map { .string($0) },
            "conditionVersion": role.condition.map { _ in .string(PipelineRole.conditionVersion) },
        ])
        // A fresh identity is not known everywhere at once.
        try await session.patiently {
            try await session.plane.put(
                id,
                ["properties": properties],
                apiVersion: ResourceType.roleAssignment.apiVersion
            )
        }
    }
}

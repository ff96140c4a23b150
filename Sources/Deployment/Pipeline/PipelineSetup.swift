package import Azure
import JSONText
import Planning
package import Renderers

/// Gives a workflow what it needs in Azure, and nothing twice.
///
/// Sources: learn.microsoft.com/rest/api/managedidentity,
/// learn.microsoft.com/rest/api/authorization/role-assignments,
/// learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
package struct PipelineSetup: Sendable {
    package let access: PipelineAccess
    let session: AzureSession
    let identity: ResourceIdentifier
    /// Where its roles hold.
    package let scope: ResourceIdentifier
    /// The providers that the stack uses, and this.
    let providers: [String]

    /// Describes what a workflow shall have; nothing is asked.
    ///
    /// - Parameters:
    ///   - access: What it may do, and who it is.
    ///   - template: The stack.
    ///   - session: Where the stack lives, and who sets this up.
    /// - Throws: ``DeploymentError/unsoundIdentifier(_:)``
    package init(_ access: PipelineAccess, of template: ARMTemplate, in session: AzureSession) throws(DeploymentError) {
        let identity = session.group.resource("Microsoft.ManagedIdentity", "userAssignedIdentities", access.identity)
        guard let identity, let subscription = session.group.parent else {
            throw .unsoundIdentifier(access.identity)
        }
        self.access = access
        self.session = session
        self.identity = identity
        self.scope = access.isSubscriptionWide ? subscription : session.group
        let types = template.resources.filter { !$0.isExisting }.map(\.type) + [.identity, .storageAccount]
        // Who may only read registers nothing, and who may write in the whole subscription does so when it is needed.
        let isNeeded = access.purpose == .deployments && !access.isSubscriptionWide
        self.providers = isNeeded ? Set(types.map(\.namespace)).sorted() : []
    }

    /// Finds out what is missing.
    ///
    /// - Throws: ``Azure/AzureError``, ``Azure/CredentialError``, `CancellationError`.
    package func plan() async throws -> PipelinePlan {
        var steps: [PipelinePlan.Step] = []
        if !session.isDeployed {
            steps.append(.makeGroup(session.scope.resourceGroup, location: session.scope.location))
        }
        steps += try await missingProviders().map { .register(provider: $0) }
        let found = session.isDeployed ? try await existing() : nil
        if found == nil { steps.append(.makeIdentity(access.identity)) }
        steps += try await trust(isThere: found != nil)
        steps += try await definitions()
        steps += try await roles(of: found)
        return PipelinePlan(steps: steps, identity: found)
    }

    private func missingProviders() async throws -> [String] {
        guard !providers.isEmpty, let subscription = session.group.parent else { return [] }
        let registered = try await session.plane.registeredProviders(of: subscription)
        return providers.filter { !registered.contains($0.lowercased()) }
    }

    private func existing() async throws -> PipelineIdentity? {
        try await session.plane.get(identity, apiVersion: ResourceType.identity.apiVersion).flatMap(
            PipelineIdentity.init
        )
    }

    /// A token is taken for one credential only, so that the one that is there is found by whose tokens it takes.
    private func trust(isThere: Bool) async throws -> [PipelinePlan.Step] {
        let needed = [PipelinePlan.Step.trust(subject: access.subject, replacing: nil)]
        guard isThere else { return needed }
        let all = try await session.plane.list(
            "federatedIdentityCredentials",
            in: identity,
            apiVersion: ResourceType.identity.apiVersion
        )
        let own = all.first { credential in
            let properties = credential["properties"]
            return properties?["issuer"]?.string == PipelineAccess.issuer
                && properties?["subject"]?.string == access.subject
        }
        guard let own else { return needed }
        let audiences = own["properties"]?["audiences"]?.array?.compactMap(\.string) ?? []
        return audiences == [session.cloud.federationAudience]
            ? [] : [.trust(subject: access.subject, replacing: own["name"]?.string)]
    }

    private func definitions() async throws -> [PipelinePlan.Step] {
        var steps: [PipelinePlan.Step] = []
        for role in access.roles where role.actions != nil {
            let id = scope.resource("Microsoft.Authorization", "roleDefinitions", role.definition(on: scope.text))
            let isThere = session.isDeployed || access.isSubscriptionWide
            guard let id, isThere, try await defines(id, role) else {
                steps.append(.define(role, on: scope.text))
                continue
            }
        }
        return steps
    }

    private func defines(_ id: ResourceIdentifier, _ role: PipelineRole) async throws -> Bool {
        let document = try await session.plane.get(id, apiVersion: ResourceType.roleDefinition.apiVersion)
        let permissions = document?["properties"]?["permissions"]?.array ?? []
        return permissions.flatMap { $0["actions"]?.array ?? [] }.compactMap(\.string) == role.actions
    }

    private func roles(of identity: PipelineIdentity?) async throws -> [PipelinePlan.Step] {
        let assignments = try await assignments(of: identity)
        return access.roles.compactMap { role in
            let own = assignments.first { assignment in
                let definition = assignment["properties"]?["roleDefinitionId"]?.string ?? ""
                return definition.lowercased().hasSuffix("/\(role.definition(on: scope.text))")
            }
            guard let own else { return .give(role, on: scope.text, changing: nil) }
            let isRight = own["properties"]?["condition"]?.string == role.condition
            return isRight ? nil : .give(role, on: scope.text, changing: own["id"]?.string)
        }
    }

    /// The roles that an identity has on the scope itself.
    private func assignments(of identity: PipelineIdentity?) async throws -> [JSON] {
        guard let identity else { return [] }
        var request = AzureRequest(
            .get,
            .path(
                "\(scope.path)/providers/\(ResourceType.roleAssignment.rawValue)",
                apiVersion: ResourceType.roleAssignment.apiVersion
            )
        )
        request.query = [("$filter", "principalId eq '\(identity.principalID)'")]
        return try await session.plane.client.list(request).filter { assignment in
            let properties = assignment["properties"]
            let place = properties?["scope"]?.string.flatMap { ResourceIdentifier($0) }
            return place == scope && properties?["principalId"]?.string == identity.principalID
        }
    }
}

extension PipelineIdentity {
    init?(_ document: JSON) {
        guard let client = document["properties"]?["clientId"]?.string,
            let principal = document["properties"]?["principalId"]?.string
        else { return nil }
        self.init(clientID: client, principalID: principal)
    }
}

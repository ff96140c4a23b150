import Azure
import JSONText
package import Planning
import Renderers

extension StackDeployment {
    /// Takes away what deployments themselves needed, after the last resource of the stack is gone.
    ///
    /// The group goes when it was made for the stack, and nothing is left in it.
    ///
    /// - Parameter terms: Who, and how long to wait for a deployment that has begun meanwhile.
    /// - Returns: What of the group's content belongs to others, so that it stays.
    /// - Throws: ``DeploymentError``, errors of Azure and of the ledger.
    package func removeTraces(_ terms: Terms) async throws -> [String] {
        if try await account.container() != nil {
            let holder = DeploymentLock.Holder(name: terms.author, since: terms.startedAt)
            try await lock.hold(as: holder, timeout: terms.lockTimeout) { _ in
            } _: { _ in
                guard DeploymentRecord.applied(from: try await ledger.read()).isEmpty else {
                    throw DeploymentError.deployedMeanwhile
                }
                try await ledger.remove()
                try await account.remove()
            }
        } else {
            try await ledger.remove()
            try await account.remove()
        }
        guard let group = try await session.plane.group(session.group) else { return [] }
        let others = try await session.plane.resources(inGroup: session.group).compactMap { $0["id"]?.string }
        guard others.isEmpty else { return others }
        if group["tags"]?[StackTag.name]?.string == template.stack {
            try await session.patiently { try await session.plane.deleteGroup(session.group) }
        }
        return []
    }

    /// What others have put into resources that a plan deletes or replaces, and what is lost with them.
    ///
    /// - Parameter survey: What is there, and what there is to do.
    /// - Returns: Identifiers, sorted.
    /// - Throws: Errors of Azure.
    package func strangersLost(by survey: Survey) async throws -> [String] {
        let ends = Set(survey.plan.steps.filter(\.endsResource).map { $0.id.lowercased() })
        guard !ends.isEmpty else { return [] }
        return try await drift(of: survey).strangers.filter { id in
            var above = id.lowercased()[...]
            while let slash = above.lastIndex(of: "/") {
                above = above[..<slash]
                if ends.contains(String(above)) { return true }
            }
            return false
        }
    }

    /// Removes for good what deletion leaves behind: vaults and model accounts keep their names for a while.
    package func purge(_ removed: [Plan.Step]) async throws {
        for step in removed {
            guard let id = ResourceIdentifier(step.id) else { continue }
            try await SoftDeletedNames.purge(id, step.type, in: session)
        }
    }

    /// What somebody changed since the last deployment, beside what deployments do.
    ///
    /// - Parameter survey: What is there.
    /// - Returns: What happened to the stack's resources, and what others have put below them.
    /// - Throws: Errors of Azure.
    package func drift(of survey: Survey) async throws -> Drift {
        Drift(applied: survey.applied, live: survey.live.values, children: try await children(of: survey))
    }

    private func children(of survey: Survey) async throws -> [String] {
        let parents = survey.applied.filter { survey.live[$0.key] != nil && !$0.value.type.childCollections.isEmpty }
        return try await withThrowingTaskGroup(of: [String].self) { group in
            for (id, resource) in parents {
                guard let identifier = ResourceIdentifier(id) else { continue }
                for collection in resource.type.childCollections {
                    group.addTask {
                        let version = resource.type.apiVersion
                        let found = try await session.plane.list(collection, in: identifier, apiVersion: version)
                        return found.compactMap { $0["id"]?.string }
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}

extension Plan.Step {
    fileprivate var endsResource: Bool {
        switch action {
        case .delete, .replace: true
        case .create, .update: false
        }
    }
}

extension ResourceType {
    /// What of its children Azure lists, and does not make by itself.
    fileprivate var childCollections: [String] {
        switch self {
        case .namespace: ["queues", "topics"]
        case .topic: ["subscriptions"]
        case .blobService: ["containers"]
        case .tableService: ["tables"]
        case .vault: ["secrets"]
        case .databaseAccount: ["sqlDatabases"]
        case .database: ["containers"]
        case .modelAccount: ["deployments"]
        case .cache, .cacheDatabase, .cacheUser, .containerApp, .containerEnvironment, .databaseContainer,
            .databaseUser, .diagnostics, .identity, .insights, .modelDeployment, .plan, .publishingPolicy, .queue,
            .registry, .roleAssignment, .roleDefinition, .rule, .secret, .site, .siteSettings, .storageAccount,
            .blobContainer, .table, .subscription, .workspace, .image, .package:
            []
        }
    }
}

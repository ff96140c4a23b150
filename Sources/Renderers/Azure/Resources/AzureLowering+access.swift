import StackGraph

// Who may do what: an identity for each app, and its grants.

extension AzureLowering {
    mutating func identitySymbol(_ app: ResourceID) -> Symbol { symbol(app.name, "identity") }

    /// Adds the identity of an app and all its permissions.
    ///
    /// - Returns: The permissions without which the app cannot be created.
    mutating func addIdentity(of app: ResourceID, grants: [Reference]) -> [Symbol] {
        let identity = add(
            ARMResource(
                symbol: identitySymbol(app),
                type: .identity,
                node: app,
                name: .string("\(app.name)-identity"),
                body: [location, tags]
            )
        )
        return grants.flatMap { reference -> [Symbol] in
            guard let role = reference.role else { return [] }
            let permissions =
                switch role.permission {
                case .roles(let roles): roles.map { addAssignment(of: $0, to: identity, on: reference, app) }
                case .cacheUser: [addCacheUser(identity, on: reference.target, app)]
                case .databaseRole(let name): [addDatabaseUser(identity, name, role, on: reference.target, app)]
                }
            return role.isNeededToCreate ? permissions : []
        }
    }

    private mutating func addAssignment(
        of builtIn: BuiltInRole,
        to identity: Symbol,
        on reference: Reference,
        _ app: ResourceID
    ) -> Symbol {
        let definition = addDefinition(of: builtIn)
        let scope = scope(of: reference)
        return add(
            ARMResource(
                symbol: symbol(app.name, "\(builtIn)", "on", scope.name),
                type: .roleAssignment,
                node: app,
                scope: .resource(scope),
                // A name that follows from what it says, so that the same assignment is never made twice.
                name: .call(.guid, [scope.id, identity.id, definition.id]),
                body: [
                    ARMMember(
                        "properties",
                        .fields([
                            "principalId": identity.property("principalId"),
                            "principalType": "ServicePrincipal",
                            "roleDefinitionId": definition.id,
                        ])
                    )
                ]
            )
        )
    }

    private mutating func addDefinition(of role: BuiltInRole) -> Symbol {
        add(
            ARMResource(
                symbol: symbol("role", "\(role)"),
                type: .roleDefinition,
                node: nil,
                isExisting: true,
                scope: .subscription,
                name: .string(role.identifier)
            )
        )
    }

    /// The narrowest resource that a reference is about.
    private mutating func scope(of reference: Reference) -> Symbol {
        guard let node = graph[reference.target] else { return symbol(reference.target) }
        switch node.kind {
        case .secretStore:
            return reference.part.map { symbol(node.id.name, $0, "secret") } ?? symbol(node.id)
        case .telemetry: return insightsSymbol(node.id)
        case .cache, .containerApp, .database, .functionApp, .modelDeployment, .queue, .registry, .storage,
            .subscription, .topic:
            return symbol(node.id)
        }
    }

    private mutating func addCacheUser(_ identity: Symbol, on cache: ResourceID, _ app: ResourceID) -> Symbol {
        add(
            ARMResource(
                symbol: symbol(app.name, "on", cache.name),
                type: .cacheUser,
                node: app,
                parent: cacheDatabaseSymbol(cache),
                name: .string(identity.name),
                body: [
                    ARMMember(
                        "properties",
                        .fields([
                            "accessPolicyName": "default",
                            "user": .fields(["objectId": identity.property("principalId")]),
                        ])
                    )
                ]
            )
        )
    }

    private mutating func addDatabaseUser(
        _ identity: Symbol,
        _ role: String,
        _ purpose: Role,
        on database: ResourceID,
        _ app: ResourceID
    ) -> Symbol {
        let account = symbol(database)
        return add(
            ARMResource(
                symbol: symbol(app.name, purpose.rawValue, database.name),
                type: .databaseUser,
                node: app,
                parent: account,
                name: .call(.guid, [account.id, identity.id, .string(role)]),
                body: [
                    ARMMember(
                        "properties",
                        .fields([
                            "principalId": identity.property("principalId"),
                            "roleDefinitionId": .joined([account.id, .string("/sqlRoleDefinitions/\(role)")]),
                            "scope": account.id,
                        ])
                    )
                ]
            )
        )
    }

    /// The part of a resource that lets it act as an identity.
    func identityMember(_ identity: Symbol) -> ARMMember {
        ARMMember(
            "identity",
            .fields([
                "type": "UserAssigned",
                "userAssignedIdentities": .object([ARMMember(.joined([identity.id]), .object([]))]),
            ])
        )
    }
}

import HTTPTypes
import JSONText
import Renderers

#if canImport(FoundationEssentials)
import struct FoundationEssentials.Date
#else
import struct Foundation.Date
#endif

// Role assignments.
//
// Source: learn.microsoft.com/azure/role-based-access-control/troubleshooting

extension SimulatedAzure {
    mutating func giveConfiguredRoles() {
        for client in configuration.clients {
            for given in client.roles {
                let builtIn = BuiltInDefinition.all.first { $0.name == given.role }
                let grant = AccessControl.Grant(
                    principal: client.objectID,
                    definition: builtIn?.identifier ?? given.role.lowercased(),
                    effectiveFrom: .distantPast
                )
                access.give(grant, on: given.scope ?? "/subscriptions/\(configuration.subscription)")
            }
        }
    }

    func prepareAssignment(_ resource: inout Resource, _ write: Write) throws(Refusal) {
        let properties = write.given["properties"] ?? [:]
        let principal = properties["principalId"]?.string ?? ""
        let definition = try definition(named: properties["roleDefinitionId"]?.string ?? "")
        try checkPrincipal(principal, type: properties["principalType"]?.string, at: write.call.now)
        try checkConditions(definition, properties["principalType"]?.string, write)
        if let old = write.old {
            let isSame =
                old.body["properties"]?["principalId"]?.string == principal
                && definition == Self.lastSegment(old.body["properties"]?["roleDefinitionId"]?.string ?? "")
            guard isSame else {
                throw .badRequest(
                    "RoleAssignmentUpdateNotPermitted",
                    "Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
                )
            }
            return
        }
        let twin = access.grants(on: write.identifier.scope).first {
            $0.principal == principal && $0.definition == definition && $0.assignment != write.identifier.key
        }
        guard twin?.assignment == nil else {
            throw .conflict("RoleAssignmentExists", "The role assignment already exists.")
        }
    }

    /// Whether a role that bounds which roles may be given lets this one be given.
    ///
    /// Of the language of conditions this knows what such roles say: the list of definitions, and the type of principals.
    /// Source: learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples
    private func checkConditions(_ definition: String, _ type: String?, _ write: Write) throws(Refusal) {
        let action = Action.management("\(ResourceType.roleAssignment.rawValue)/write")
        let caller = write.call.caller.objectID
        let isAllowed = access.allows(action, by: caller, on: write.identifier.key, at: write.call.now) { condition in
            let condition = condition.lowercased()
            return condition.contains(definition)
                && (!condition.contains("principaltype") || condition.contains("'\((type ?? "").lowercased())'"))
        }
        guard !isAllowed else { return }
        throw Refusal(
            .forbidden,
            "AuthorizationFailed",
            """
            The client '\(write.call.caller.clientID)' does not have authorization to perform action \
            '\(action)' over scope '\(write.identifier)': a condition of the role assignment is not met.
            """
        )
    }

    /// The GUID of a definition, if there is one.
    private func definition(named text: String) throws(Refusal) -> String {
        let identifier = Self.lastSegment(text)
        let isWhole = text.lowercased().hasSuffix("/providers/microsoft.authorization/roledefinitions/\(identifier)")
        guard isWhole, access.knows(definition: identifier) else {
            throw .badRequest(
                "RoleDefinitionDoesNotExist",
                "The specified role definition with ID '\(text)' does not exist.",
                target: "properties.roleDefinitionId"
            )
        }
        return identifier
    }

    private static func lastSegment(_ text: String) -> String {
        text.split(separator: "/").last.map { $0.lowercased() } ?? ""
    }

    /// A fresh identity is found at once only when the assignment says what it is, and not always then.
    private func checkPrincipal(_ id: String, type: String?, at now: Date) throws(Refusal) {
        let principal = directory.principal(objectID: id)
        let isTold = type == "ServicePrincipal"
        guard let principal, now >= (isTold ? principal.findableFrom : principal.knownFrom) else {
            throw .badRequest(
                "PrincipalNotFound",
                "Principal \(id) does not exist in the directory \(configuration.tenant)."
            )
        }
    }

    mutating func didAssign(_ resource: Resource, at now: Date) {
        let properties = resource.body["properties"] ?? [:]
        guard resource.revision == 1 else {
            return access.bound(resource.key, on: resource.identifier.scope, by: properties["condition"]?.string)
        }
        let grant = AccessControl.Grant(
            principal: properties["principalId"]?.string ?? "",
            definition: Self.lastSegment(properties["roleDefinitionId"]?.string ?? ""),
            effectiveFrom: now.addingTimeInterval(paced(configuration.roleDelay)),
            assignment: resource.key,
            condition: properties["condition"]?.string
        )
        access.give(grant, on: resource.identifier.scope)
    }

    // MARK: Definitions

    /// What a definition of the user's own allows.
    func permissions(_ body: JSON) -> RolePermissions {
        var all = RolePermissions()
        for permission in body["properties"]?["permissions"]?.array ?? [] {
            func texts(_ name: String) -> [String] { permission[name]?.array?.compactMap(\.string) ?? [] }
            all.actions += texts("actions")
            all.notActions += texts("notActions")
            all.dataActions += texts("dataActions")
            all.notDataActions += texts("notDataActions")
        }
        return all
    }

    /// A built-in definition as a resource.
    func definition(_ identifier: ResourceIdentifier) -> JSON? {
        BuiltInDefinition.all.first { $0.identifier == identifier.name.lowercased() }.map { view($0) }
    }

    func view(_ definition: BuiltInDefinition) -> JSON {
        func texts(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }
        let permissions = definition.permissions
        let path = "/subscriptions/\(configuration.subscription)/providers/\(ResourceType.roleDefinition.rawValue)/"
        return [
            "id": .string(path + definition.identifier), "name": .string(definition.identifier),
            "type": .string(ResourceType.roleDefinition.rawValue),
            "properties": [
                "roleName": .string(definition.name), "type": "BuiltInRole", "assignableScopes": ["/"],
                "permissions": [
                    [
                        "actions": texts(permissions.actions), "notActions": texts(permissions.notActions),
                        "dataActions": texts(permissions.dataActions),
                        "notDataActions": texts(permissions.notDataActions),
                    ]
                ],
            ],
        ]
    }
}

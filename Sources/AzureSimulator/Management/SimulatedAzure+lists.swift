import HTTPTypes
import JSONText
import Renderers

// Lists of resources of one type.

extension SimulatedAzure {
    /// Lists the resources of a type in a scope.
    func collection(of type: String, in scope: String, _ call: Call) throws(Refusal) -> AzureResponse {
        if type.lowercased() == "microsoft.authorization/permissions" { return try permissions(on: scope, call) }
        let facts = try facts(of: type, call)
        let place = Place(scope)
        try check(subscription: place.subscription)
        try authorize("\(facts.name)/read", on: scope, call)
        if let target = ResourceIdentifier(scope) {
            guard store[target.key] != nil else { throw Self.noResource(target) }
        } else if let name = place.group, groups[scope.lowercased()] == nil {
            throw Self.noGroup(name)
        }
        if facts.kind == .roleAssignment { return page(assignments(in: scope, call), call) }
        if facts.kind == .roleDefinition { return page(definitions(in: scope, call), call) }
        let holders = place.group == nil ? [scope.lowercased()] + groups.keys.sorted() : [scope.lowercased()]
        return page(views(of: facts, below: holders, call), call)
    }

    /// What the caller may do, whatever that is.
    ///
    /// Source: learn.microsoft.com/rest/api/authorization/permissions/list-for-resource-group
    private func permissions(on scope: String, _ call: Call) throws(Refusal) -> AzureResponse {
        try call.version(oneOf: ["2015-07-01", "2022-04-01"], for: "permissions")
        let place = Place(scope)
        try check(subscription: place.subscription)
        if let name = place.group, groups[scope.lowercased()] == nil { throw Self.noGroup(name) }
        func texts(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }
        let all = access.permissions(of: call.caller.objectID, on: scope, at: call.now).map { permissions -> JSON in
            [
                "actions": texts(permissions.actions), "notActions": texts(permissions.notActions),
                "dataActions": texts(permissions.dataActions), "notDataActions": texts(permissions.notDataActions),
            ]
        }
        return AzureResponse(.ok, json: ["value": .array(all)])
    }

    private func views(of facts: TypeFacts, below holders: [String], _ call: Call) -> [JSON] {
        holders.flatMap { store.held(by: $0) }
            .filter { $0.facts.name == facts.name && isVisible($0, call) }
            .map { view($0, call) }
    }

    /// Assignments on a scope, on what it is in and on what is in it, as far as the filter wants them.
    ///
    /// Source: learn.microsoft.com/azure/role-based-access-control/role-assignments-list-rest
    private func assignments(in scope: String, _ call: Call) -> [JSON] {
        let filter = call.request.query("$filter") ?? ""
        let principal = Self.quoted(filter, after: "principalid eq ") ?? Self.quoted(filter, after: "assignedto(")
        let scope = scope.lowercased()
        return store.all.filter { resource in
            guard resource.facts.kind == .roleAssignment, isVisible(resource, call) else { return false }
            let own = resource.identifier.scope.lowercased()
            let isAbove = scope == own || scope.hasPrefix(own + "/")
            guard isAbove || !filter.lowercased().contains("atscope()") && own.hasPrefix(scope + "/") else {
                return false
            }
            return principal.map { resource.body["properties"]?["principalId"]?.string == $0 } ?? true
        }
        .sorted { $0.key < $1.key }
        .map { view($0, call) }
    }

    private func definitions(in scope: String, _ call: Call) -> [JSON] {
        let name = Self.quoted(call.request.query("$filter") ?? "", after: "rolename eq ")
        let builtIn = BuiltInDefinition.all.filter { name == nil || $0.name == name }.map { view($0) }
        let own = store.held(by: scope).filter { $0.facts.kind == .roleDefinition }.map { view($0, call) }
        return builtIn + own.filter { name == nil || $0["properties"]?["roleName"]?.string == name }
    }

    /// The text in quotes that follows some words of a filter.
    private static func quoted(_ filter: String, after words: String) -> String? {
        guard let place = filter.lowercased().firstRange(of: words) else { return nil }
        let rest = filter[place.upperBound...].drop { $0 == " " }
        guard rest.first == "'" else { return nil }
        return String(rest.dropFirst().prefix { $0 != "'" })
    }

    /// What follows a resource may be a type of children, or something that it can do.
    mutating func childrenOrAction(
        _ asked: ResourceIdentifier,
        _ name: String,
        _ call: Call
    ) throws(Refusal) -> AzureResponse {
        if asked.type.lowercased() == "microsoft.resources/deployments" {
            return try deploymentAction(asked, name, call)
        }
        if let answer = try revisions(asked, name, call) { return answer }
        if call.request.method == .get {
            let facts = try facts(of: "\(asked.type)/\(name)", call)
            let parent = try canonicalParent(asked, call)
            try authorize("\(facts.name)/read", on: parent.key, call)
            return page(views(of: facts, below: [parent.key], call), call)
        }
        guard call.request.method == .post else {
            throw .methodNotAllowed(call.request.method, "\(asked.type)/\(name)")
        }
        return try action(name, of: try canonicalParent(asked, call), call)
    }

    private func canonicalParent(_ asked: ResourceIdentifier, _ call: Call) throws(Refusal) -> Resource {
        let facts = try facts(of: asked.type, call)
        let identifier = try canonical(asked, facts, call)
        guard let resource = store[identifier.key], isVisible(resource, call) else { throw Self.noResource(identifier) }
        return resource
    }

    // `…/containerApps/chat/revisions[/chat--1[/restart]]`
    private mutating func revisions(
        _ asked: ResourceIdentifier,
        _ name: String,
        _ call: Call
    ) throws(Refusal) -> AzureResponse? {
        let apps = ResourceType.containerApp.rawValue.lowercased()
        if asked.type.lowercased() == apps, name.lowercased() == "revisions" {
            return try revisionAnswer(try canonicalParent(asked, call), [], call)
        }
        guard asked.type.lowercased() == "\(apps)/revisions", let app = asked.parent else { return nil }
        return try revisionAnswer(try canonicalParent(app, call), [asked.name, name], call)
    }

    /// One revision, whose address looks like that of a resource.
    mutating func revision(_ asked: ResourceIdentifier, _ call: Call) throws(Refusal) -> AzureResponse? {
        let revisions = "\(ResourceType.containerApp.rawValue)/revisions".lowercased()
        if asked.type.lowercased() == "\(revisions)/replicas", let revision = asked.parent, let app = revision.parent {
            return try revisionAnswer(try canonicalParent(app, call), [revision.name, "replicas", asked.name], call)
        }
        guard asked.type.lowercased() == revisions, let app = asked.parent else { return nil }
        return try revisionAnswer(try canonicalParent(app, call), [asked.name], call)
    }
}

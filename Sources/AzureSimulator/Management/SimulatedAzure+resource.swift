import HTTPTypes
import JSONText
import Renderers

#if canImport(FoundationEssentials)
import struct FoundationEssentials.Date
#else
import struct Foundation.Date
#endif

// What all resources have in common: they are written, read and deleted.
//
// Source: github.com/Azure/azure-resource-manager-rpc/blob/master/v1.0/resource-api-reference.md

extension SimulatedAzure {
    mutating func resource(_ asked: ResourceIdentifier, _ call: Call) throws(Refusal) -> AzureResponse {
        if asked.type.lowercased() == "microsoft.resources/deployments" {
            throw .methodNotAllowed(call.request.method, "deployments; they can only be validated here")
        }
        if asked.type.lowercased() == Self.tagsType { return try tagsAnswer(asked, call) }
        if let answer = try revision(asked, call) { return answer }
        let facts = try facts(of: asked.type, call)
        let identifier = try canonical(asked, facts, call)
        switch call.request.method {
        case .get, .head:
            try authorize("\(facts.name)/read", on: identifier.key, call)
            return try read(identifier, facts, call)
        case .put:
            try authorize("\(facts.name)/write", on: identifier.key, call)
            return try write(identifier, facts, call)
        case .patch:
            try authorize("\(facts.name)/write", on: identifier.key, call)
            return try change(identifier, facts, call)
        case .delete:
            try authorize("\(facts.name)/delete", on: identifier.key, call)
            return try delete(identifier, facts, call)
        default: throw .methodNotAllowed(call.request.method, facts.name)
        }
    }

    /// What is known of a type, if its provider, the type and the version are.
    func facts(of type: String, _ call: Call) throws(Refusal) -> TypeFacts {
        let namespace = String(type.prefix { $0 != "/" })
        guard TypeTable.all.knows(namespace) else {
            throw .notFound("InvalidResourceNamespace", "The resource namespace '\(namespace)' is invalid.")
        }
        guard let facts = TypeTable.all[type] else {
            let message = "The resource type '\(type)' could not be found in the namespace '\(namespace)'."
            throw .notFound("InvalidResourceType", message)
        }
        try call.version(oneOf: facts.versions, for: facts.name)
        return facts
    }

    /// The identifier as Azure spells it, if what it is in is there.
    func canonical(
        _ asked: ResourceIdentifier,
        _ facts: TypeFacts,
        _ call: Call
    ) throws(Refusal) -> ResourceIdentifier {
        let place = Place(asked.scope)
        try check(subscription: place.subscription)
        var identifier = asked
        let types = facts.name.split(separator: "/").map(String.init)
        identifier.namespace = types[0]
        for index in identifier.pairs.indices { identifier.pairs[index].type = types[index + 1] }
        identifier.scope = try scope(of: asked, facts, place, call)
        return identifier
    }

    private func scope(
        of asked: ResourceIdentifier,
        _ facts: TypeFacts,
        _ place: Place,
        _ call: Call
    ) throws(Refusal) -> String {
        if let target = ResourceIdentifier(asked.scope) {
            guard facts.isExtension else {
                throw .badRequest("InvalidResourceType", "\(facts.name) cannot belong to another resource.")
            }
            if let definition = builtInDefinition(target) { return definition }
            guard let resource = store[target.key], isVisible(resource, call) else { throw Self.noResource(target) }
            return resource.identifier.description
        }
        if let name = place.group {
            guard let group = groups[asked.scope.lowercased()] else { throw Self.noGroup(name) }
            return group.identifier
        }
        guard facts.isExtension, facts.kind != .diagnostics else {
            throw .badRequest("MissingResourceGroup", "\(facts.name) must be in a resource group.")
        }
        return "/subscriptions/\(configuration.subscription)"
    }

    private func builtInDefinition(_ target: ResourceIdentifier) -> String? {
        guard target.type.lowercased() == ResourceType.roleDefinition.rawValue.lowercased() else { return nil }
        return access.knows(definition: target.name) ? target.description : nil
    }

    func isVisible(_ resource: Resource, _ call: Call) -> Bool { resource.visibleFrom <= call.now }

    static func noResource(_ identifier: ResourceIdentifier) -> Refusal {
        let group = Place(identifier.scope).group ?? ""
        let message = """
            The Resource '\(identifier.type)/\(identifier.name)' under resource group '\(group)' was not found. For \
            more details please go to https://aka.ms/ARMResourceNotFoundFix
            """
        return .notFound("ResourceNotFound", message)
    }

    private func read(
        _ identifier: ResourceIdentifier,
        _ facts: TypeFacts,
        _ call: Call
    ) throws(Refusal) -> AzureResponse {
        if facts.kind == .siteSettings, Self.confidentialSettings.contains(identifier.name) {
            // The values of these are told by POST …/list alone.
            throw .methodNotAllowed(.get, "\(facts.name)/\(identifier.name); use POST \(identifier.name)/list")
        }
        if facts.kind == .roleDefinition, let definition = definition(identifier) {
            return AzureResponse(.ok, json: definition)
        }
        guard let resource = store[identifier.key], isVisible(resource, call) else {
            throw Self.noResource(identifier)
        }
        return AzureResponse(.ok, headers: tagHeader(resource), json: view(resource, call))
    }

    static let confidentialSettings = ["appsettings", "connectionstrings", "metadata"]

    func tagHeader(_ resource: Resource) -> HTTPFields {
        resource.facts.hasTag ? .with(["ETag": resource.tag]) : HTTPFields()
    }

    // MARK: Writing

    private mutating func write(
        _ identifier: ResourceIdentifier,
        _ facts: TypeFacts,
        _ call: Call
    ) throws(Refusal) -> AzureResponse {
        let old = store[identifier.key]
        let given = try call.object()
        try check(given, facts, identifier, .put)
        let write = Write(identifier: identifier, facts: facts, given: given, old: old, call: call)
        try admit(write)
        return try store(write, old == nil ? facts.creation : facts.replacement)
    }

    private mutating func change(
        _ identifier: ResourceIdentifier,
        _ facts: TypeFacts,
        _ call: Call
    ) throws(Refusal) -> AzureResponse {
        guard let patch = facts.patch else { throw .methodNotAllowed(.patch, facts.name) }
        guard let old = store[identifier.key], isVisible(old, call) else { throw Self.noResource(identifier) }
        let given = try call.object()
        try check(given, facts, identifier, .patch)
        var write = Write(identifier: identifier, facts: facts, given: given, old: old, call: call)
        write.given = old.body.patched(by: given)
        try admit(write)
        return try store(write, patch)
    }

    /// Keeps what was written, and begins the operation that makes it real.
    private mutating func store(_ write: Write, _ facts: WriteFacts) throws(Refusal) -> AzureResponse {
        var resource = make(write)
        let isLong = facts.form != nil
        let isNew = write.old == nil
        if isLong { resource.state = isNew ? .creating : .updating } else { resource.state = .succeeded }
        try prepare(&resource, write)
        store.insert(resource)
        if isNew {
            journal.noteCreation(of: resource.key)
            addImplicitChildren(of: resource)
        }
        didStore(resource, write)
        let end = write.call.now.addingTimeInterval(configuration.latency.inSeconds)
        var response = AzureResponse(.init(code: facts.status), headers: tagHeader(resource))
        if facts.status != 202 { response = respond(facts.status, resource, write.call) }
        response.delay = configuration.latency
        guard let form = facts.form else {
            occupy(write.holds, until: end, write.call)
            noteWrite(resource.key, below: write.parents, until: end, write.call)
            return response
        }
        let word = resource.facts.states?.running ?? "InProgress"
        let operation = begin(
            isNew ? .create : .update,
            of: resource.key,
            facts,
            holds: write.holds,
            word: word,
            write.call
        )
        noteWrite(resource.key, below: write.parents, until: operation.end, write.call)
        let address = address(
            of: operation,
            namespace: resource.identifier.namespace,
            region: resource.region,
            write.call
        )
        for field in headers(form, address, operation, write.call) { response.headers[field.name] = field.value }
        return response
    }

    private func respond(_ status: Int, _ resource: Resource, _ call: Call) -> AzureResponse {
        AzureResponse(.init(code: status), headers: tagHeader(resource), json: view(resource, call))
    }

    mutating func make(_ write: Write) -> Resource {
        let body = write.given.withoutNulls.filled(with: write.facts.defaults)
        guard var resource = write.old else {
            let isStale = faults.isStale()
            let hidden = isStale ? paced(configuration.faults.staleTime) : 0
            return Resource(
                identifier: write.identifier,
                facts: write.facts,
                body: body,
                state: .creating,
                createdAt: write.call.now,
                changedAt: write.call.now,
                principalID: source.guid(),
                clientID: source.guid(),
                visibleFrom: write.call.now.addingTimeInterval(hidden)
            )
        }
        resource.body = body
        resource.changedAt = write.call.now
        resource.revision += 1
        return resource
    }

    mutating func addImplicitChildren(of resource: Resource) {
        for pair in resource.facts.implicit {
            guard let facts = TypeTable.all["\(resource.facts.name)/\(pair.type)"] else { continue }
            let child = Resource(
                identifier: resource.identifier.child(pair.type, pair.name),
                facts: facts,
                body: JSON.object([.init("properties", [:])]).filled(with: facts.defaults),
                state: .succeeded,
                createdAt: resource.createdAt,
                changedAt: resource.changedAt,
                principalID: source.guid(),
                clientID: source.guid(),
                visibleFrom: resource.visibleFrom
            )
            store.insert(child)
        }
    }
}

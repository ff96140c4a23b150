import HTTPTypes
import JSONText

// Resource groups.
//
// Source: learn.microsoft.com/rest/api/resources/resource-groups

extension SimulatedAzure {
    private static let groupName = "^[-\\w._()]{0,89}[-\\w_()]$"

    mutating func group(_ name: String, _ call: Call) throws(Refusal) -> AzureResponse {
        let key = "/subscriptions/\(configuration.subscription)/resourcegroups/\(name)".lowercased()
        let type = "Microsoft.Resources/subscriptions/resourceGroups"
        switch call.request.method {
        case .get, .head:
            try authorize("\(type)/read", on: key, call)
            guard let group = groups[key] else { throw Self.noGroup(name) }
            return call.request.method == .head ? AzureResponse(.noContent) : AzureResponse(.ok, json: group.json)
        case .put:
            try authorize("\(type)/write", on: key, call)
            return try putGroup(name, key, call)
        case .patch:
            try authorize("\(type)/write", on: key, call)
            guard var group = groups[key] else { throw Self.noGroup(name) }
            group.body = group.body.patched(by: try checkedGroup(try call.object(), isWhole: false))
            groups[key] = group
            noteWrite(key, below: [], until: call.now, call)
            return AzureResponse(.ok, json: group.json)
        case .delete:
            try authorize("\(type)/delete", on: key, call)
            return try deleteGroup(name, key, call)
        default: throw .methodNotAllowed(call.request.method, "resource groups")
        }
    }

    private mutating func putGroup(_ name: String, _ key: String, _ call: Call) throws(Refusal) -> AzureResponse {
        guard Self.matches(name, Self.groupName) else {
            throw .badRequest("InvalidResourceGroup", "The resource group name '\(name)' is not valid.")
        }
        let body = try checkedGroup(try call.object(), isWhole: true)
        let old = groups[key]
        if let old {
            guard !old.isDeleting else { throw Self.groupIsBeingDeleted(name) }
            try check(region: body["location"]?.string, isThatOf: old.body, old.identifier)
        }
        let group = ResourceGroup(
            subscription: configuration.subscription,
            name: old?.name ?? name,
            body: body.withoutNulls
        )
        groups[key] = group
        noteWrite(key, below: [], until: call.now, call)
        return AzureResponse(old == nil ? .created : .ok, json: group.json)
    }

    private func checkedGroup(_ body: JSON, isWhole: Bool) throws(Refusal) -> JSON {
        let facts = BodyFacts(
            members: ["location", "tags", "managedBy", "properties"],
            required: isWhole ? ["location"] : [],
            readOnly: ["properties.provisioningState"]
        )
        if let problem = facts.problems(in: body).first { throw Self.invalid(body: [problem]) }
        if isWhole { try check(region: body["location"]?.string, for: "Microsoft.Resources/resourceGroups") }
        return body
    }

    private mutating func deleteGroup(_ name: String, _ key: String, _ call: Call) throws(Refusal) -> AzureResponse {
        guard let group = groups[key] else { throw Self.noGroup(name) }
        guard !group.isDeleting else { throw Self.groupIsBeingDeleted(name) }
        groups[key]?.isDeleting = true
        let facts = WriteFacts.long(202, .location, seconds: 60)
        let operation = begin(.deleteGroup, of: key, facts, holds: [key], word: "Deleting", call)
        noteWrite(key, below: [], until: operation.end, call)
        let address = address(of: operation, namespace: "Microsoft.Resources", region: "global", call)
        return AzureResponse(.accepted, headers: headers(.location, address, operation, call))
    }

    /// Lists what is in a group, or in all groups.
    func resources(in scope: String, _ call: Call) throws(Refusal) -> AzureResponse {
        let place = Place(scope)
        try check(subscription: place.subscription)
        try authorize("Microsoft.Resources/subscriptions/resources/read", on: scope, call)
        if let name = place.group, groups[scope.lowercased()] == nil { throw Self.noGroup(name) }
        let holders = place.group == nil ? groups.keys.sorted() : [scope.lowercased()]
        let found = holders.flatMap { store.held(by: $0) }.filter { !$0.facts.isExtension && isVisible($0, call) }
        // A list of all types tells little of each.
        return page(found.map { summary($0) }, call)
    }

    private func summary(_ resource: Resource) -> JSON {
        JSON.compact([
            "id": .string(resource.identifier.description), "name": .string(resource.name),
            "type": .string(resource.facts.name), "location": resource.body["location"],
            "tags": resource.body["tags"], "kind": resource.body["kind"], "sku": resource.body["sku"],
        ])
    }

    static func noGroup(_ name: String) -> Refusal {
        .notFound("ResourceGroupNotFound", "Resource group '\(name)' could not be found.")
    }

    static func groupIsBeingDeleted(_ name: String) -> Refusal {
        .conflict(
            "ResourceGroupBeingDeleted",
            "The resource group '\(name)' is in deprovisioning state and cannot perform this operation."
        )
    }

    static func matches(_ text: String, _ pattern: String) -> Bool {
        guard text.utf8.count <= 1024, let expression = try? Regex(pattern) else { return false }
        return text.wholeMatch(of: expression) != nil
    }
}

import HTTPTypes
import JSONText

// The tags of any resource, changed one by one.
//
// Source: learn.microsoft.com/rest/api/resources/tags/update-at-scope

extension SimulatedAzure {
    static let tagsType = "microsoft.resources/tags"

    mutating func tagsAnswer(_ asked: ResourceIdentifier, _ call: Call) throws(Refusal) -> AzureResponse {
        try call.version(oneOf: ["2021-04-01", "2022-09-01", "2024-11-01"], for: "tags")
        guard asked.name.lowercased() == "default" else { throw .notFound("NotFound", "There is only 'default'.") }
        guard let target = ResourceIdentifier(asked.scope), let old = store[target.key], isVisible(old, call) else {
            throw .notFound("ResourceNotFound", "The resource '\(asked.scope)' was not found.")
        }
        let verb = call.request.method == .get ? "read" : "write"
        try authorize("Microsoft.Resources/tags/\(verb)", on: target.key, call)
        switch call.request.method {
        case .get: return AzureResponse(.ok, json: tags(of: old))
        case .patch: return AzureResponse(.ok, json: tags(of: try change(old, call)))
        default: throw .methodNotAllowed(call.request.method, "tags")
        }
    }

    private mutating func change(_ old: Resource, _ call: Call) throws(Refusal) -> Resource {
        let body = try call.object()
        guard body["operation"] == "Merge", let given = body["properties"]?["tags"]?.members, !given.isEmpty else {
            throw .badRequest("InvalidTagsOperation", "Only the operation 'Merge' with some tags is known here.")
        }
        // Source: learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations
        let isSound = given.allSatisfy { $0.name.count <= 512 && ($0.value.string.map { $0.count <= 256 } ?? false) }
        guard isSound else { throw .badRequest("InvalidTagNameOrValue", "A tag is too long, or no text.") }
        let names = Set(given.map { $0.name.lowercased() })
        let kept = (old.body["tags"]?.members ?? []).filter { !names.contains($0.name.lowercased()) }
        guard kept.count + given.count <= 50 else {
            throw .badRequest("TooManyTags", "A resource has at most 50 tags.")
        }
        var resource = old
        resource.body = old.body.removing("tags").overlaid(by: ["tags": .object(kept + given)])
        resource.changedAt = call.now
        resource.revision += 1
        store.insert(resource)
        noteWrite("\(resource.key)/tags", below: [], until: call.now, call)
        return resource
    }

    private func tags(of resource: Resource) -> JSON {
        [
            "id": .string("\(resource.identifier)/providers/Microsoft.Resources/tags/default"), "name": "default",
            "type": "Microsoft.Resources/tags", "properties": ["tags": resource.body["tags"] ?? [:]],
        ]
    }
}

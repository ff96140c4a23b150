import JSONText
import Renderers

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// What a resource looks like from outside.

extension SimulatedAzure {
    func view(_ resource: Resource, _ call: Call) -> JSON {
        var json: JSON = [
            "id": .string(resource.identifier.description), "name": .string(resource.name),
            "type": .string(resource.facts.name),
        ]
        var body = resource.body
        for path in resource.facts.hidden { body = body.removing(path) }
        for path in resource.facts.reordered {
            body = body.changing(path) { .array(($0.array ?? []).reversed()) }
        }
        json = json.overlaid(by: spelled(body, resource.facts.spelling))
        json = json.overlaid(by: computed(resource, call)).overlaid(by: identities(of: resource))
        if let word = resource.stateWord {
            json = json.overlaid(by: ["properties": ["provisioningState": .string(word)]])
        }
        if resource.facts.hasTag { json = json.overlaid(by: ["etag": .string(resource.tag)]) }
        return resource.facts.tellsWhoWrote ? json.overlaid(by: ["systemData": systemData(resource)]) : json
    }

    private func systemData(_ resource: Resource) -> JSON {
        [
            "createdAt": .string(resource.createdAt.formatted(.iso8601)), "createdByType": "Application",
            "lastModifiedAt": .string(resource.changedAt.formatted(.iso8601)), "lastModifiedByType": "Application",
        ]
    }

    private func spelled(_ body: JSON, _ spelling: Spelling) -> JSON {
        switch spelling {
        case .asWritten: body
        case .regionNames: body.changing("location") { .string(Region.displayName($0.string ?? "")) }
        case .lowercaseGroups:
            body.changingTexts { text in
                guard text.hasPrefix("/subscriptions/") else { return text }
                return text.replacing("/resourceGroups/", with: "/resourcegroups/")
            }
        }
    }

    /// The principals of the identities that a resource acts as.
    private func identities(of resource: Resource) -> JSON {
        guard let identity = resource.body["identity"] else { return [:] }
        var told: JSON = [:]
        if identity["type"]?.string?.contains("SystemAssigned") ?? false {
            told = ["principalId": .string(resource.principalID), "tenantId": .string(configuration.tenant)]
        }
        let spelled = spelled(identity, resource.facts.spelling)
        let users = (spelled["userAssignedIdentities"]?.members ?? []).map { member -> JSON.Member in
            guard let user = store[member.name.lowercased()] else { return member }
            return JSON.Member(
                member.name,
                ["principalId": .string(user.principalID), "clientId": .string(user.clientID)]
            )
        }
        if !users.isEmpty { told = told.overlaid(by: ["userAssignedIdentities": .object(users)]) }
        return ["identity": told]
    }

    /// Where the data of a resource is.
    func endpoint(_ data: Plane.Data, of name: String, _ call: Call) -> JSON {
        let name = name.lowercased()
        switch (configuration.addresses, data) {
        case (.onLoopback, .vault), (.onLoopback, .blob), (.onLoopback, .table):
            return .string("\(call.request.origin)/\(data.rawValue)/\(name)/")
        case (_, .vault): return .string("https://\(name).vault.azure.net/")
        case (_, .blob), (_, .table), (_, .queue), (_, .file), (_, .dfs):
            return .string("https://\(name).\(data.rawValue).core.windows.net/")
        case (_, .web): return .string("https://\(name).z6.web.core.windows.net/")
        }
    }
}

extension TypeFacts {
    /// Whether the resource says who wrote it, and when.
    var tellsWhoWrote: Bool {
        !name.hasPrefix("Microsoft.Web/") && !name.hasPrefix("Microsoft.Authorization/") && kind != .insights
            && kind != .cache && kind != .cacheUser
    }
}

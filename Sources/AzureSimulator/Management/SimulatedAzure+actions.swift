import HTTPTypes
import JSONText
import Renderers

// What resources can do: POST …/listKeys and the like.

extension SimulatedAzure {
    mutating func action(_ name: String, of resource: Resource, _ call: Call) throws(Refusal) -> AzureResponse {
        try authorize("\(resource.facts.name)/\(name)/action", on: resource.key, call)
        switch (resource.facts.kind, name.lowercased()) {
        case (.site, "restart"), (.site, "start"), (.site, "stop"):
            noteWrite(resource.key, below: [resource.identifier.holder], until: call.now, call)
            return AzureResponse(.ok)
        case (.site, "syncfunctiontriggers"):
            noteWrite(resource.key, below: [resource.identifier.holder], until: call.now, call)
            return AzureResponse(.noContent)
        case (.blobContainer, "lease"): return try leaseContainer(resource, call)
        case (.containerApp, "getauthtoken"), (.containerEnvironment, "getauthtoken"):
            return consoleToken(for: resource, call)
        case (.containerApp, "start"), (.containerApp, "stop"): return AzureResponse(.ok, json: view(resource, call))
        default: break
        }
        guard let secrets = secrets(name.lowercased(), of: resource, call) else {
            throw .notFound("InvalidResourceType", "\(resource.facts.name) has no action '\(name)'.")
        }
        return AzureResponse(.ok, json: secrets)
    }

    /// Answers that hold keys; where keys are switched off, they are told all the same, and are good for nothing.
    ///
    /// Sources: `listKeys` of learn.microsoft.com/rest/api/storagerp, …/redis, …/cosmos-db-resource-provider and
    /// …/aiservices, `listCredentials` of …/containerregistry, `sharedKeys` of …/loganalytics
    private func secrets(_ action: String, of resource: Resource, _ call: Call) -> JSON? {
        func key(_ index: Int) -> JSON { .string(Self.key(of: resource, index)) }
        switch (resource.facts.kind, action) {
        case (.storageAccount, "listkeys"):
            let keys = [1, 2].map { index -> JSON in
                ["keyName": .string("key\(index)"), "value": key(index), "permissions": "FULL"]
            }
            return ["keys": .array(keys)]
        case (.cacheDatabase, "listkeys"): return ["primaryKey": key(1), "secondaryKey": key(2)]
        case (.databaseAccount, "listkeys"):
            return [
                "primaryMasterKey": key(1), "secondaryMasterKey": key(2), "primaryReadonlyMasterKey": key(3),
                "secondaryReadonlyMasterKey": key(4),
            ]
        case (.modelAccount, "listkeys"): return ["key1": key(1), "key2": key(2)]
        case (.registry, "listcredentials"):
            let passwords: JSON = [["name": "password", "value": key(1)], ["name": "password2", "value": key(2)]]
            return ["username": .string(resource.name), "passwords": passwords]
        case (.workspace, "sharedkeys"): return ["primarySharedKey": key(1), "secondarySharedKey": key(2)]
        case (.siteSettings, "list") where Self.confidentialSettings.contains(resource.name):
            return view(resource, call)
        case (.containerApp, "listsecrets"):
            return ["value": resource.body.value(at: "properties.configuration.secrets") ?? []]
        default: return nil
        }
    }

    /// A key that is the same as long as the resource lives.
    static func key(of resource: Resource, _ index: Int) -> String {
        var source = SeededSource(seed: resource.clientID.utf8.reduce(UInt64(index)) { $0 &* 31 &+ UInt64($1) })
        return Base64URL.encode(Array(source.digits(48).utf8))
    }

    // MARK: Deployments

    private static let templateLimit = 4 * 1024 * 1024
    private static let deploymentVersions = ["2024-07-01", "2024-11-01", "2025-03-01", "2025-04-01"]

    /// Checks a template without deploying it.
    ///
    /// Source: learn.microsoft.com/rest/api/resources/deployments/validate
    func deploymentAction(_ asked: ResourceIdentifier, _ name: String, _ call: Call) throws(Refusal) -> AzureResponse {
        guard call.request.method == .post, name.lowercased() == "validate" else {
            throw .methodNotAllowed(call.request.method, "deployments/\(name)")
        }
        try call.version(oneOf: Self.deploymentVersions, for: "deployments")
        let place = Place(asked.scope)
        try check(subscription: place.subscription)
        if let group = place.group, groups[asked.scope.lowercased()] == nil { throw Self.noGroup(group) }
        try authorize("Microsoft.Resources/deployments/validate/action", on: asked.scope, call)
        guard Self.matches(asked.name, "^[-\\w._()]{1,64}$") else {
            throw .badRequest("InvalidDeploymentName", "The deployment name '\(asked.name)' is not valid.")
        }
        guard call.request.body.count <= Self.templateLimit else {
            throw Refusal(.contentTooLarge, "RequestContentTooLarge", "The request content exceeds the limit of 4 MB.")
        }
        let properties = try call.object()["properties"] ?? [:]
        guard ["Incremental", "Complete"].contains(properties["mode"]?.string ?? "") else {
            throw Self.invalid(body: [BodyProblem(path: "properties.mode", reason: "must be Incremental or Complete")])
        }
        let validated = try validatedResources(properties)
        return AzureResponse(
            .ok,
            json: [
                "id": .string(asked.description), "name": .string(asked.name),
                "type": "Microsoft.Resources/deployments",
                "properties": [
                    "mode": properties["mode"] ?? "Incremental", "provisioningState": "Succeeded",
                    "validatedResources": .array(validated),
                ],
            ]
        )
    }

    private func validatedResources(_ properties: JSON) throws(Refusal) -> [JSON] {
        guard let template = properties["template"], let resources = template["resources"] else {
            throw .badRequest("InvalidTemplate", "The template is missing, or has no resources.")
        }
        try checkParameters(template, given: properties["parameters"] ?? [:])
        let list = resources.array ?? resources.members?.map(\.value) ?? []
        var validated: [JSON] = []
        for (index, resource) in list.enumerated() where resource["existing"] != true {
            validated.append(["id": .string(try check(resource, at: "resources[\(index)]"))])
        }
        return validated
    }

    private func checkParameters(_ template: JSON, given: JSON) throws(Refusal) {
        let declared = Set(template["parameters"]?.members?.map(\.name) ?? [])
        for member in template["parameters"]?.members ?? []
        where member.value["defaultValue"] == nil && given[member.name] == nil {
            throw .badRequest(
                "InvalidTemplate",
                "The value for the template parameter '\(member.name)' is not provided."
            )
        }
        for member in given.members ?? [] where !declared.contains(member.name) {
            throw .badRequest("InvalidTemplate", "The template parameter '\(member.name)' is not declared.")
        }
    }

    /// Checks one resource of a template, as far as that goes without its expressions.
    private func check(_ resource: JSON, at path: String) throws(Refusal) -> String {
        let type = resource["type"]?.string ?? ""
        guard let facts = TypeTable.all[type] else {
            throw .badRequest("InvalidTemplate", "The resource type '\(type)' at '\(path)' is unknown.", target: path)
        }
        guard let version = resource["apiVersion"]?.string, facts.versions.contains(version) else {
            throw .badRequest(
                "NoRegisteredProviderFound",
                "No registered resource provider found for type '\(type)' and the API version at '\(path)'.",
                target: "\(path).apiVersion"
            )
        }
        let own: Set = [
            "type", "apiVersion", "name", "scope", "dependsOn", "condition", "copy", "comments", "existing",
        ]
        let body = JSON.object((resource.members ?? []).filter { !own.contains($0.name) })
        // An expression such as `[format('{0}/ftp', …)]` still shows its last part.
        let last = resource["name"]?.string?.split(separator: "/").last ?? ""
        let name = String(last.prefix { $0 != "'" })
        let problems = problems(in: body, facts, named: name, .template).map { problem in
            BodyProblem(path: "\(path).\(problem.path)", reason: problem.reason)
        }
        if !problems.isEmpty { throw Self.invalid(body: problems) }
        return "\(type)/\(name)"
    }
}

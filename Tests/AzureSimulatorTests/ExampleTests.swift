import AzureSimulator
import Foundation
import HTTPTypes
import JSONText
import Renderers
import Testing
import ValidatorTools

/// The requests of the official specification, sent to the simulator as they stand.
@Suite struct `Official examples` {
    struct Example: Sendable, CustomTestStringConvertible {
        let file: String
        let path: String
        let bodyName: String?
        let type: ResourceType

        var testDescription: String { file }
    }

    /// The examples that are refused, with the words of the refusal; above each is the reason why that is right.
    static let refused = [
        // The property became required after the version that the example was written for.
        "Microsoft.Cache/RedisEnterprise_Create.RedisEnterpriseCreate.json":
            "'properties.publicNetworkAccess' is required",
        // The name is a placeholder for the GUID that it must be.
        "Microsoft.DocumentDB/SqlResources_CreateUpdateSqlRoleAssignment.CosmosDBSqlRoleAssignmentCreateUpdate.json":
            "'myRoleAssignmentId'",
        // The scope is a placeholder and names nothing.
        "Microsoft.Authorization/RoleDefinitions_CreateOrUpdate.PutRoleDefinition.json":
            "The subscription '' could not",
        // No stack has a workflow, so there is none to extend.
        "Microsoft.Insights/DiagnosticSettings_CreateOrUpdate.createOrUpdateDiagnosticSetting.json":
            "'microsoft.logic/workflows/viruela6'",
        "Microsoft.Insights/DiagnosticSettings_CreateOrUpdate.createOrUpdateDiagnosticSettingCategory.json":
            "'microsoft.logic/workflows/viruela6'",
    ]

    static let examples: [Example] = {
        guard let data = FileManager.default.contents(atPath: "\(Validators.schemas)/examples/index.json"),
            let index = try? JSON(parsing: data)
        else { return [] }
        return (index["examples"]?.array ?? []).compactMap { entry in
            guard entry["method"]?.string == "PUT", let file = entry["file"]?.string, let path = entry["path"]?.string,
                let type = type(of: path)
            else { return nil }
            return Example(file: file, path: path, bodyName: entry["bodyParam"]?.string, type: type)
        }
    }()

    private static func type(of path: String) -> ResourceType? {
        guard let start = path.range(of: "/providers/", options: .backwards) else { return nil }
        let segments = path[start.upperBound...].split(separator: "/")
        let names = segments.enumerated().filter { $0.offset == 0 || !$0.offset.isMultiple(of: 2) }.map(\.element)
        let name = names.joined(separator: "/").lowercased()
        return ResourceType.allCases.first { $0.rawValue.lowercased() == name }
    }

    @Test(.enabled(if: Validators.haveSchemas, Validators.noSchemas), arguments: examples)
    func `an official request is accepted and comes back`(_ example: Example) throws {
        let document = try JSON(
            parsing: FileManager.default.contents(atPath: "\(Validators.schemas)/examples/\(example.file)") ?? Data()
        )
        let parameters = document["parameters"] ?? [:]
        let body = example.bodyName.flatMap { parameters[$0] } ?? [:]
        var surroundings = try Surroundings(for: example.path, parameters)
        let address = "\(surroundings.identifier)?api-version=\(example.type.apiVersion)"
        let response = surroundings.cloud.send(.put, address, body)
        if let words = Self.refused[example.file] {
            #expect([400, 404].contains(response.status.code))
            #expect(response.message?.contains(words) ?? false, "\(response.message ?? "")")
            return
        }
        #expect((200...202).contains(response.status.code), "\(response.message ?? "")")
        surroundings.cloud.advance(1000)
        let isConfidential = address.contains("/config/appsettings")
        let back =
            isConfidential
            ? surroundings.cloud.send(.post, address.replacing("?", with: "/list?"))
            : surroundings.cloud.send(.get, address)
        #expect(back.status == .ok)
        let lost = Superset(hidden: Superset.writeOnly(example.type)).losses(of: body, in: back.json ?? [:])
        #expect(lost.isEmpty, "\(lost)")
    }

    @Test(.enabled(if: Validators.haveSchemas, Validators.noSchemas))
    func `there are examples of almost all types`() {
        #expect(Set(Self.examples.map(\.type)).count > 30)
    }
}

/// A cloud in which everything is there that a request's address names.
struct Surroundings {
    var cloud: Cloud
    let identifier: String

    init(for path: String, _ parameters: JSON) throws {
        var identifier = path
        for member in parameters.members ?? [] {
            guard let value = member.value.string else { continue }
            identifier = identifier.replacing("{\(member.name)}", with: value)
        }
        while identifier.hasPrefix("//") { identifier = String(identifier.dropFirst()) }
        let segments = identifier.split(separator: "/").map(String.init)
        let schemas = try OfficialSchemas(folder: "\(Validators.schemas)/schemas")
        cloud = Cloud { configuration in
            if segments.first?.lowercased() == "subscriptions" { configuration.subscription = segments[1] }
            configuration.checksReferences = false
            configuration.schemas = schemas
            configuration.regions += Self.regions
            guard let principal = parameters["parameters"]?["properties"]?["principalId"]?.string else { return }
            configuration.clients.append(SimulatedClient(clientID: principal, objectID: principal, roles: []))
        }
        self.identifier = identifier
        plantParents(segments)
        let definition = parameters["parameters"]?["properties"]?["roleDefinitionId"]?.string
        if let definition { cloud.azure.plant(definition, at: cloud.now) }
    }

    /// Puts everything there that comes before the last name.
    private mutating func plantParents(_ segments: [String]) {
        let parent = segments.dropLast(2).map { "/\($0)" }.joined()
        let extended = parent.range(of: "/providers/", options: .backwards).map { String(parent[..<$0.lowerBound]) }
        cloud.azure.plant(parent.hasSuffix("/providers") ? "" : parent, at: cloud.now)
        cloud.azure.plant(extended ?? parent, at: cloud.now)
    }

    private static let regions = [
        "southcentralus", "eastus2", "global", "centralus", "northcentralus", "australiasoutheast",
    ]
}

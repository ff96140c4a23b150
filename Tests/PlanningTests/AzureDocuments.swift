import JSONText
import Planning
import Renderers
import StackGraph

/// One stack in all forms that go to Azure, as the validator of documents reads them.
struct AzureDocuments {
    static let scope = DeploymentScope(
        tenant: "11111111-1111-1111-1111-111111111111",
        subscription: "22222222-2222-2222-2222-222222222222",
        resourceGroup: "group",
        location: "westeurope"
    )

    let json: JSON

    init(_ graph: Graph, name: String? = nil) throws {
        let template = ARMTemplate(graph)
        let secrets = template.parameters.compactMap { parameter in
            if case .secret = parameter.kind { parameter.name } else { nil }
        }
        let parameters = Dictionary(uniqueKeysWithValues: secrets.map { ($0, "the value of \($0)") })
        let resolver = Self.resolver(template, parameters)
        let printer = ARMTemplatePrinter(template)
        self.json = [
            "name": .string(name ?? graph.name),
            "bicep": .string(BicepPrinter.main(template)),
            "bicepparam": .string(BicepPrinter.parameters(template)),
            "arm": try JSON(parsing: printer.main.utf8),
            "parameters": .object(parameters.map { JSON.Member($0.key, .string($0.value)) }),
            "limited": .bool(!template.losses.isEmpty),
            "resources": .array(
                try template.resources.filter { !$0.isExisting }.map { resource in
                    [
                        "id": .string(try resolver.identifier(of: resource)),
                        "type": .string(resource.type.rawValue),
                        "apiVersion": .string(resource.type.apiVersion),
                        "body": try resolver.body(of: resource),
                    ]
                }
            ),
            "outputs": .object(
                try template.outputs.map { JSON.Member($0.name, try resolver.json($0.value)) }
            ),
        ]
    }

    /// What only Azure can tell reads `<identifier|path>`.
    static func resolver(_ template: ARMTemplate, _ parameters: [String: String]) -> ARMResolver {
        let byName = Dictionary(uniqueKeysWithValues: template.resources.map { ($0.symbol, $0) })
        let names = ARMResolver(template, in: scope, parameters: parameters) { _, _ in nil }
        return ARMResolver(template, in: scope, parameters: parameters) { symbol, path in
            guard let resource = byName[symbol], let id = try? names.identifier(of: resource) else { return nil }
            return .string("<\(id)|\(path.joined(separator: "."))>")
        }
    }

    /// The question to the validator.
    static func question(_ documents: [AzureDocuments], schemas: String?) -> String {
        let deployment: JSON = [
            "tenant": .string(scope.tenant), "subscription": .string(scope.subscription),
            "resourceGroup": .string(scope.resourceGroup), "location": .string(scope.location),
        ]
        return JSON.compact([
            "schemas": schemas.map { .string($0) } ?? .null,
            "deployment": deployment,
            "stacks": .array(documents.map(\.json)),
        ]).text
    }
}

package import JSONText
import StackGraph

/// Writes a template as JSON for Azure Resource Manager.
///
/// Resources are a plain list, which every tool can read. There, only a dependency that is written down counts: an id
/// that `resourceId()` builds, and a `reference()` by such an id, do not make a resource wait.
/// Source: learn.microsoft.com/azure/azure-resource-manager/templates/resource-dependency
package struct ARMTemplatePrinter {
    private let template: ARMTemplate
    private let expressions: ARMExpressions

    package init(_ template: ARMTemplate) {
        self.template = template
        self.expressions = ARMExpressions(template)
    }

    /// The document `azuredeploy.json`.
    ///
    /// Resources are written one by one: a tree of all of them would be many times as large as the text.
    package var main: String {
        var output: [UInt8] = []
        JSON.writeLines("{", sections, "}", to: &output, depth: 0) { section, output in
            JSON.write(section.name, to: &output)
            output.append(contentsOf: ": ".utf8)
            switch section.value {
            case .document(let value): value.writePretty(to: &output, depth: 1)
            case .resources(let resources):
                JSON.writeLines("[", resources, "]", to: &output, depth: 1) { resource, output in
                    json(resource).writePretty(to: &output, depth: 2)
                }
            }
        }
        output.append(UInt8(ascii: "\n"))
        return String(decoding: output, as: UTF8.self)
    }

    private enum Section {
        case document(JSON)
        case resources([ARMResource])
    }

    private var sections: [(name: String, value: Section)] {
        let schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
        let parameters = template.parameters.map { JSON.Member($0.name, json($0)) }
        let constants = template.variables.filter(\.value.mentions.isEmpty)
        let variables = constants.map { JSON.Member($0.name, expressions.json($0.value)) }
        let outputs = template.outputs.map { JSON.Member($0.name, json($0)) }
        return [
            ("$schema", .document(.string(schema))),
            ("contentVersion", .document("1.0.0.0")),
            ("metadata", .document(["stack": .string(template.stack)])),
            ("parameters", .document(.object(parameters))),
            ("variables", .document(.object(variables))),
            ("resources", .resources(template.resources.filter { !$0.isExisting })),
            ("outputs", .document(.object(outputs))),
        ]
    }

    /// The document `azuredeploy.parameters.json`; secrets have no place in it.
    package var parameters: JSON {
        [
            "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
            "contentVersion": "1.0.0.0",
            "parameters": .object([]),
        ]
    }

    private func json(_ parameter: ARMParameter) -> JSON {
        let metadata: JSON = ["description": .string(parameter.description)]
        return switch parameter.kind {
        case .text(let value, let length):
            .compact([
                "type": "string",
                "defaultValue": expressions.json(value),
                "minLength": length.map { JSON($0.lowerBound) },
                "maxLength": length.map { JSON($0.upperBound) },
                "metadata": metadata,
            ])
        case .image(let image):
            ["type": "string", "defaultValue": expressions.json(.string(image.reference)), "metadata": metadata]
        case .secret: ["type": "securestring", "metadata": metadata]
        }
    }

    private func json(_ output: ARMOutput) -> JSON {
        [
            "type": "string",
            "metadata": ["description": .string(output.description)],
            "value": expressions.json(output.value),
        ]
    }

    private func json(_ resource: ARMResource) -> JSON {
        var members = [
            JSON.Member("type", .string(resource.type.rawValue)),
            JSON.Member("apiVersion", .string(resource.type.apiVersion)),
        ]
        if case .resource(let symbol) = resource.scope {
            members.append(JSON.Member("scope", expressions.json(symbol.id)))
        }
        members.append(JSON.Member("name", expressions.fullName(of: resource)))
        for member in resource.body {
            members.append(JSON.Member(expressions.text(member.name), expressions.json(member.value)))
        }
        let needs = expressions.dependencies(of: resource)
        if !needs.isEmpty { members.append(JSON.Member("dependsOn", .array(needs))) }
        return .object(members)
    }
}

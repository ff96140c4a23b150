import StackGraph

/// Writes a template as Bicep, as a careful author would and as `bicep format` leaves it.
///
/// Source of the grammar and the layout: the parser and printer of Azure/bicep, commit 9beb0fe (2026-08-21).
package struct BicepPrinter {
    /// The file with every resource.
    package static func main(_ template: ARMTemplate) -> String {
        var printer = BicepPrinter()
        printer.line("// Rendered from the stack \(template.stack.inComment). Change the stack, and render again.")
        printer.line("")
        for parameter in template.parameters { printer.declare(parameter) }
        for variable in template.variables {
            printer.line("var \(variable.name) = ", variable.value)
            printer.line("")
        }
        for resource in template.resources { printer.declare(resource) }
        for output in template.outputs { printer.declare(output) }
        return printer.finished
    }

    /// The file with the values of the parameters; secrets come from the environment.
    package static func parameters(_ template: ARMTemplate) -> String {
        var printer = BicepPrinter()
        printer.line("using './main.bicep'")
        printer.line("")
        for parameter in template.parameters {
            guard case .secret(let variable) = parameter.kind else { continue }
            printer.line("param \(parameter.name) = ", .call(.readEnvironmentVariable, [.string(variable)]))
        }
        return printer.finished
    }

    private var text = ""
    private static let width = 120

    /// The text without the blank line at its end.
    private var finished: String { text.hasSuffix("\n\n") ? String(text.dropLast()) : text }

    // MARK: Declarations

    private mutating func declare(_ parameter: ARMParameter) {
        switch parameter.kind {
        case .text(let value, let length):
            line("@description(\(parameter.description.inBicep))")
            if let length {
                line("@minLength(\(length.lowerBound))")
                line("@maxLength(\(length.upperBound))")
            }
            line("param \(parameter.name) string = ", value)
        case .image(let image):
            line("@description(\(parameter.description.inBicep))")
            line("param \(parameter.name) string = ", .string(image.reference))
        case .secret:
            line("@secure()")
            line("@description(\(parameter.description.inBicep))")
            line("param \(parameter.name) string")
        }
        line("")
    }

    private mutating func declare(_ resource: ARMResource) {
        let type = "'\(resource.type.rawValue)@\(resource.type.apiVersion)'"
        text += "resource \(resource.symbol.name) \(type)\(resource.isExisting ? " existing" : "") = {\n"
        if let parent = resource.parent { line("  parent: \(parent.name)") }
        switch resource.scope {
        case .resource(let symbol): line("  scope: \(symbol.name)")
        case .subscription: line("  scope: subscription()")
        case nil: break
        }
        line("  name: ", resource.name, depth: 1)
        for member in resource.body where member.name != "properties" { self.member(member, depth: 1) }
        for member in resource.body where member.name == "properties" { self.member(member, depth: 1) }
        declareDependencies(of: resource)
        text += "}\n\n"
    }

    /// Bicep sees by itself that a resource comes after those it mentions.
    private mutating func declareDependencies(of resource: ARMResource) {
        guard !resource.dependsOn.isEmpty else { return }
        let mentioned = Set(resource.mentions)
        let followed = resource.dependsOn.filter { !mentioned.contains($0) }
        guard !followed.isEmpty else { return }
        line("  dependsOn: [")
        for symbol in followed { line("    \(symbol.name)") }
        line("  ]")
    }

    private mutating func declare(_ output: ARMOutput) {
        line("@description(\(output.description.inBicep))")
        line("output \(output.name) string = ", output.value)
        line("")
    }

    // MARK: Lines and values

    private mutating func line(_ start: String) {
        text += start
        text += "\n"
    }

    private mutating func line(_ start: String, _ value: ARMValue, depth: Int = 0) {
        text += start
        write(value, depth: depth, column: start.utf8.count)
        text += "\n"
    }

    private mutating func member(_ member: ARMMember, depth: Int) {
        let start = text.utf8.count
        indent(depth)
        if case .string(let plain) = member.name, plain.isBicepName {
            text += plain
        } else {
            text += member.name.bicep
        }
        text += ": "
        write(member.value, depth: depth, column: text.utf8.count - start)
        text += "\n"
    }

    private mutating func indent(_ depth: Int) {
        for _ in 0..<depth { text += "  " }
    }

    private mutating func write(_ value: ARMValue, depth: Int, column: Int) {
        switch value {
        case .object(let members) where !members.isEmpty:
            text += "{\n"
            for member in members { self.member(member, depth: depth + 1) }
            indent(depth)
            text += "}"
        case .array(let values) where !values.isEmpty:
            text += "[\n"
            for value in values {
                indent(depth + 1)
                write(value, depth: depth + 1, column: 2 * (depth + 1))
                text += "\n"
            }
            indent(depth)
            text += "]"
        case .call(let function, let arguments, let property):
            let flat = value.bicep
            guard column + flat.utf8.count > Self.width, !arguments.isEmpty else { return text += flat }
            text += "\(function.rawValue)(\n"
            for (index, argument) in arguments.enumerated() {
                let isLast = index == arguments.count - 1
                indent(depth + 1)
                // The comma counts too.
                write(argument, depth: depth + 1, column: 2 * (depth + 1) + (isLast ? 0 : 1))
                text += isLast ? "\n" : ",\n"
            }
            indent(depth)
            text += ")" + property.dotted
        case .bool, .integer, .decimal, .string, .array, .object, .parameter, .variable, .attribute, .joined:
            text += value.bicep
        }
    }
}

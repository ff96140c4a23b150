import JSONText

/// Writes values as template JSON, where an expression is text in brackets.
///
/// Source: learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions
struct ARMExpressions {
    private let resources: [Symbol: ARMResource]
    /// The expressions for the identifiers that are asked for often.
    private var identifiers: [Symbol: String] = [:]

    init(_ template: ARMTemplate) {
        self.resources = Dictionary(uniqueKeysWithValues: template.resources.map { ($0.symbol, $0) })
        for resource in template.resources where resource.scope == nil || resource.isExisting {
            identifiers[resource.symbol] = identifier(of: resource)
        }
    }

    func json(_ value: ARMValue) -> JSON {
        switch value {
        case .bool(let value): .bool(value)
        case .integer(let number): JSON(number)
        case .decimal(let digits): .number(digits)
        case .array(let values): .array(values.map(json))
        case .object(let members): .object(members.map { JSON.Member(text($0.name), json($0.value)) })
        case .string, .parameter, .variable, .attribute, .joined, .call: .string(text(value))
        }
    }

    /// A value that is text, or an expression for text.
    func text(_ value: ARMValue) -> String {
        switch constant(value) {
        case .string(let plain): TemplateText.plain(plain).string
        case let constant: TemplateText.expression(spelled(constant)).string
        }
    }

    /// The name of a resource with the names of its parents before it.
    func fullName(of resource: ARMResource) -> JSON {
        let segments = nameSegments(of: resource)
        return segments.count == 1 ? json(segments[0]) : json(.joined(Array(segments.joined(by: "/"))))
    }

    /// The resources that must be there first, those that the template makes; each once.
    func dependencies(of resource: ARMResource) -> [JSON] {
        var seen: Set<Symbol> = []
        return resource.needs.compactMap(made).filter { seen.insert($0).inserted }.map { json($0.id) }
    }

    /// The resource itself, or the one that a resource which is only referred to belongs to.
    private func made(_ symbol: Symbol) -> Symbol? {
        guard let resource = resources[symbol] else { return nil }
        return resource.isExisting ? resource.parent.flatMap(made) : symbol
    }

    private func nameSegments(of resource: ARMResource) -> [ARMValue] {
        (resource.parent.flatMap { resources[$0] }.map(nameSegments) ?? []) + [resource.name]
    }

    // MARK: Expressions

    /// Values that are known without Azure, as plain text.
    private func constant(_ value: ARMValue) -> ARMValue {
        switch value {
        case .attribute(let symbol, .name): resources[symbol].map { constant($0.name) } ?? value
        case .joined(let parts):
            switch parts.map(constant).flattened {
            case let flat where flat.count == 1: flat[0]
            case let flat: .joined(flat)
            }
        case .bool, .integer, .decimal, .string, .array, .object, .parameter, .variable, .attribute, .call: value
        }
    }

    private func expression(_ value: ARMValue) -> String { spelled(constant(value)) }

    private func spelled(_ constant: ARMValue) -> String {
        switch constant {
        case .bool(let value): value ? "true()" : "false()"
        case .integer(let number): "\(number)"
        case .decimal(let digits): "json('\(digits)')"
        case .string(let text): text.inExpression
        case .array(let values): "createArray(\(list(values)))"
        case .object(let members): "createObject(\(list(members.flatMap { [$0.name, $0.value] })))"
        case .parameter(let name): "parameters(\(name.inExpression))"
        // A variable of a template cannot tell what only a running resource knows.
        case .variable(let variable) where !variable.value.mentions.isEmpty: expression(variable.value)
        case .variable(let variable): "variables(\(variable.name.inExpression))"
        case .attribute(let symbol, let attribute): spelled(attribute, of: symbol)
        case .joined(let parts): format(parts)
        case .call(let function, let arguments, let property):
            "\(function.rawValue)(\(list(arguments)))" + property.dotted
        }
    }

    private func list(_ values: [ARMValue]) -> String { values.map(expression).joined(separator: ", ") }

    private func format(_ parts: [ARMValue]) -> String {
        var pattern = ""
        var arguments: [ARMValue] = []
        for part in parts {
            if case .string(let plain) = part {
                pattern += plain.doubling("{").doubling("}")
            } else {
                pattern += "{\(arguments.count)}"
                arguments.append(part)
            }
        }
        // One expression alone needs no pattern.
        return pattern == "{0}" ? expression(arguments[0]) : "format(\(pattern.inExpression), \(list(arguments)))"
    }

    private func spelled(_ attribute: ARMAttribute, of symbol: Symbol) -> String {
        guard let resource = resources[symbol] else { return symbol.name.inExpression }
        return switch attribute {
        case .id: identifier(of: resource)
        case .name: expression(resource.name)
        case .property(let path):
            "reference(\(identifier(of: resource)), \(resource.type.apiVersion.inExpression))" + path.dotted
        }
    }

    private func identifier(of resource: ARMResource) -> String {
        if let identifier = identifiers[resource.symbol] { return identifier }
        let names = list(nameSegments(of: resource))
        let type = resource.type.rawValue.inExpression
        return switch resource.scope {
        case .resource(let symbol): "extensionResourceId(\(expression(symbol.id)), \(type), \(names))"
        case .subscription: "subscriptionResourceId(\(type), \(names))"
        case nil: "resourceId(\(type), \(names))"
        }
    }
}

extension String {
    /// Text inside an expression.
    fileprivate var inExpression: String { TemplateText.quoted(self) }
}

extension [ARMValue] {
    fileprivate func joined(by separator: ARMValue) -> [ARMValue] {
        enumerated().flatMap { $0.offset == 0 ? [$0.element] : [separator, $0.element] }
    }
}

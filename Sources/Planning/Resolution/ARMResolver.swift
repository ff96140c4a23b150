package import JSONText
package import Renderers
import StackGraph

/// Turns the values of a template into what a request carries, without Azure's own evaluation.
///
/// This is the third printing of a template: the Bicep and the JSON leave expressions to Azure, and this one finds
/// them out.
package struct ARMResolver: Sendable {
    package let scope: DeploymentScope
    let template: ARMTemplate
    let resources: [Symbol: ARMResource]
    private let given: [String: String]
    private let parameters: [String: ARMParameter.Kind]
    private let live: @Sendable (Symbol, [String]) -> JSON?

    /// Prepares to resolve a template.
    ///
    /// - Parameters:
    ///   - template: The resources, with expressions.
    ///   - scope: Where they go.
    ///   - parameters: The values of parameters; those with a default may be left out.
    ///   - live: What Azure tells about a resource that is there, by the path below `properties`; `nil` when it is not known yet.
    package init(
        _ template: ARMTemplate,
        in scope: DeploymentScope,
        parameters: [String: String],
        live: @escaping @Sendable (Symbol, [String]) -> JSON?
    ) {
        self.template = template
        self.scope = scope
        self.given = parameters
        self.live = live
        self.parameters = Dictionary(template.parameters.map { ($0.name, $0.kind) }) { first, _ in first }
        self.resources = Dictionary(uniqueKeysWithValues: template.resources.map { ($0.symbol, $0) })
    }

    /// The identifier of a resource: `/subscriptions/…/providers/Microsoft.App/containerApps/chat`.
    ///
    /// - Throws: ``Unresolved`` when a part of its name is not known yet.
    package func identifier(of resource: ARMResource) throws(Unresolved) -> String {
        let names = try nameSegments(of: resource)
        let types = resource.type.rawValue.split(separator: "/")
        let path = zip(types.dropFirst(), names).map { "/\($0)/\($1)" }.joined()
        let provider = "/providers/\(types[0])\(path)"
        switch resource.scope {
        case .resource(let symbol): return try identifier(of: known(symbol)) + provider
        case .subscription: return "/subscriptions/\(scope.subscription)\(provider)"
        case nil: return scope.identifier + provider
        }
    }

    /// What a request to create a resource carries.
    ///
    /// - Throws: ``Unresolved`` for what only a resource that is not there yet can tell.
    package func body(of resource: ARMResource) throws(Unresolved) -> JSON {
        try json(.object(resource.body))
    }

    /// A value without expressions.
    ///
    /// - Throws: ``Unresolved`` for what only a resource that is not there yet can tell.
    package func json(_ value: ARMValue) throws(Unresolved) -> JSON {
        switch value {
        case .bool(let value): return .bool(value)
        case .integer(let number): return JSON(number)
        case .decimal(let digits): return .number(digits)
        case .string(let text): return .string(text)
        case .array(let values):
            var elements: [JSON] = []
            for value in values { elements.append(try json(value)) }
            return .array(elements)
        case .object(let fields):
            var members: [JSON.Member] = []
            for field in fields { members.append(JSON.Member(try text(field.name), try json(field.value))) }
            return .object(members)
        case .parameter(let name): return try parameter(name)
        case .variable(let variable): return try json(variable.value)
        case .attribute(let symbol, let attribute): return try self.attribute(attribute, of: symbol)
        case .joined(let parts):
            var whole = ""
            for part in parts { whole += try text(part) }
            return .string(whole)
        case .call(let function, let arguments, let property):
            return try result(of: function, arguments, property: property)
        }
    }

    // MARK: Steps

    private func text(_ value: ARMValue) throws(Unresolved) -> String {
        let json = try json(value)
        return json.string ?? json.text
    }

    private func nameSegments(of resource: ARMResource) throws(Unresolved) -> [String] {
        let parents = if let parent = resource.parent { try nameSegments(of: known(parent)) } else { [String]() }
        return parents + [try text(resource.name)]
    }

    private func known(_ symbol: Symbol) throws(Unresolved) -> ARMResource {
        guard let resource = resources[symbol] else { throw .resource(symbol) }
        return resource
    }

    private func parameter(_ name: String) throws(Unresolved) -> JSON {
        if let value = given[name] { return .string(value) }
        switch parameters[name] {
        case .text(let value, _): return try json(value)
        case .image(let image): return .string(image.reference)
        case .secret, nil: throw .parameter(name)
        }
    }

    /// The parameter as one for a secret; `nil` for any other.
    func secret(_ parameter: String) -> SecretParameter? {
        guard case .secret(let environment) = parameters[parameter] else { return nil }
        return SecretParameter(name: parameter, environment: environment)
    }

    private func attribute(_ attribute: ARMAttribute, of symbol: Symbol) throws(Unresolved) -> JSON {
        switch attribute {
        case .id: return .string(try identifier(of: known(symbol)))
        case .name: return try json(known(symbol).name)
        case .property(let path):
            guard let value = live(symbol, path) else { throw .property(symbol, path) }
            return value
        }
    }

    private func result(
        of function: ARMFunction,
        _ arguments: [ARMValue],
        property: [String]
    ) throws(Unresolved) -> JSON {
        var texts: [String] = []
        for argument in arguments { texts.append(try text(argument)) }
        switch function {
        case .guid: return .string(ARMHash.guid(texts))
        case .uniqueString: return .string(ARMHash.uniqueString(texts))
        case .replace: return .string(texts[0].replacing(texts[1], with: texts[2]))
        case .resourceGroup: return .string(property == ["id"] ? scope.identifier : scope.location)
        case .subscription: return .string(scope.subscription)
        case .tenant: return .string(scope.tenant)
        case .readEnvironmentVariable: throw .parameter(texts[0])
        }
    }
}

/// The place in Azure that a stack is deployed to.
package struct DeploymentScope: Sendable, Hashable {
    package let tenant: String
    package let subscription: String
    package let resourceGroup: String
    package let location: String

    package init(tenant: String, subscription: String, resourceGroup: String, location: String) {
        self.tenant = tenant
        self.subscription = subscription
        self.resourceGroup = resourceGroup
        self.location = location
    }

    /// The identifier of the resource group.
    package var identifier: String { "/subscriptions/\(subscription)/resourceGroups/\(resourceGroup)" }
}

/// What a value needs and nobody knows yet.
package enum Unresolved: Error, Sendable, Hashable {
    case property(Symbol, [String])
    case resource(Symbol)
    case parameter(String)
}

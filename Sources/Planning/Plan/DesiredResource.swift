import JSONText
package import Renderers
package import StackGraph

/// A resource as a stack wants it, with what is not known yet.
package struct DesiredResource: Sendable, Hashable {
    /// Its identifier in Azure.
    package let id: String
    package let type: ResourceType
    /// The resource of the stack that it belongs to; `nil` for what the stack shares.
    package let node: ResourceID?
    /// What a request carries; an expression stands for what is known only after a creation.
    package let body: Value
    /// The identifiers of the resources that must be there first.
    package let needs: Set<String>

    package init(id: String, type: ResourceType, node: ResourceID?, body: Value, needs: Set<String>) {
        self.id = id
        self.type = type
        self.node = node
        self.body = body
        self.needs = needs
    }
}

extension ARMResolver {
    /// The resources that a deployment makes, in the order of the template.
    ///
    /// - Throws: ``Unresolved`` when the name of a resource cannot be told, for want of a parameter.
    package func desired() throws(Unresolved) -> [DesiredResource] {
        var identifiers: [Symbol: String] = [:]
        for resource in template.resources { identifiers[resource.symbol] = try identifier(of: resource) }
        return template.resources.filter { !$0.isExisting }.compactMap { resource in
            guard let id = identifiers[resource.symbol] else { return nil }
            return DesiredResource(
                id: id,
                type: resource.type,
                node: resource.node,
                body: value(.object(resource.body)),
                needs: Set(resource.needs.flatMap(made).compactMap { identifiers[$0] })
            )
        }
    }

    /// A value as far as it is known.
    private func value(_ value: ARMValue) -> Value {
        switch value {
        case .array(let values): return .list(values.map { self.value($0) })
        case .object(let members):
            return .object(
                members.map { member in
                    let name = try? json(member.name).string
                    return Value.Member(name ?? member.name.expression, self.value(member.value))
                }
            )
        case .parameter(let name) where isSecret(name): return (try? Value(json(value)))?.hidden ?? unknown(value)
        case .variable(let variable): return self.value(variable.value)
        case .bool, .integer, .decimal, .string, .parameter, .attribute, .joined, .call:
            return (try? Value(json(value))) ?? unknown(value)
        }
    }

    private func unknown(_ value: ARMValue) -> Value { .expression(value.expression) }

    private func isSecret(_ parameter: String) -> Bool {
        guard case .secret = template.parameters.first(where: { $0.name == parameter })?.kind else { return false }
        return true
    }

    /// The resource itself, or the one that a resource which is only referred to belongs to.
    private func made(_ symbol: Symbol) -> [Symbol] {
        guard let resource = resources[symbol] else { return [] }
        return resource.isExisting ? resource.parent.map(made) ?? [] : [symbol]
    }
}

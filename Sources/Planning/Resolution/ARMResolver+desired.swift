import JSONText
package import Renderers

// What a deployment makes: every resource with what is known of it.

extension ARMResolver {
    /// The resources that a deployment makes, in the order of the template.
    ///
    /// The values of secret parameters are meant to be fingerprints here; a parameter that was not given keeps the
    /// secret that is there.
    ///
    /// - Throws: ``Unresolved`` when the name of a resource cannot be told, for want of a parameter.
    package func desired() throws(Unresolved) -> [DesiredResource] {
        var identifiers: [Symbol: String] = [:]
        for resource in template.resources { identifiers[resource.symbol] = try identifier(of: resource) }
        return template.resources.filter { !$0.isExisting }.compactMap { resource in
            identifiers[resource.symbol].map { desired(resource, id: $0) { identifiers[$0] } }
        }
    }

    /// One resource that a deployment makes, with what is known of it now.
    ///
    /// - Throws: ``Unresolved`` when its name cannot be told, for want of a parameter.
    package func desired(of resource: ARMResource) throws(Unresolved) -> DesiredResource {
        desired(resource, id: try identifier(of: resource)) { symbol in
            resources[symbol].flatMap { try? identifier(of: $0) }
        }
    }

    private func desired(
        _ resource: ARMResource,
        id: String,
        identifier: @escaping (Symbol) -> String?
    ) -> DesiredResource {
        var reading = BodyReading(resolver: self, identifier: identifier)
        let body = reading.value(.object(resource.body))
        return DesiredResource(
            id: id,
            type: resource.type,
            node: resource.node,
            body: body,
            needs: Set(resource.needs.flatMap(made).compactMap(identifier)),
            isProtected: resource.isProtected,
            told: reading.told
        )
    }

    /// The resource itself, or the one that a resource which is only referred to belongs to.
    private func made(_ symbol: Symbol) -> [Symbol] {
        guard let resource = resources[symbol] else { return [] }
        return resource.isExisting ? resource.parent.map(made) ?? [] : [symbol]
    }
}

/// Reads a body as far as it is known, and notes who told what.
private struct BodyReading {
    let resolver: ARMResolver
    let identifier: (Symbol) -> String?
    private(set) var told: [ToldValue] = []
    private var path = PropertyPath()

    init(resolver: ARMResolver, identifier: @escaping (Symbol) -> String?) {
        self.resolver = resolver
        self.identifier = identifier
    }

    mutating func value(_ value: ARMValue) -> Value {
        switch value {
        case .array(let values):
            return .list(values.enumerated().map { index, value in at(.index(index)) { $0.value(value) } })
        case .object(let members):
            return .object(
                members.map { member in
                    let name = (try? resolver.json(member.name).string) ?? member.name.expression
                    return Value.Member(name, at(.member(name)) { $0.value(member.value) })
                }
            )
        case .variable(let variable): return self.value(variable.value)
        case .parameter(let name):
            guard let secret = resolver.secret(name) else { return known(value) }
            return .secret(HiddenValue(try? Value(resolver.json(value)), of: secret))
        case .bool, .integer, .decimal, .string, .attribute, .joined, .call:
            let tellers = Set(value.tellers.compactMap(identifier))
            if !tellers.isEmpty {
                told.append(ToldValue(path: path, tellers: tellers, expression: value.expression))
            }
            return known(value)
        }
    }

    private func known(_ value: ARMValue) -> Value {
        (try? Value(resolver.json(value))) ?? .expression(value.expression)
    }

    private mutating func at(_ step: PropertyPath.Step, _ body: (inout Self) -> Value) -> Value {
        path.append(step)
        defer { path.removeLast() }
        return body(&self)
    }
}

extension ARMValue {
    /// The resources of which it says something that only they can tell.
    fileprivate var tellers: [Symbol] {
        switch self {
        case .bool, .integer, .decimal, .string, .parameter, .attribute(_, .id), .attribute(_, .name): []
        case .attribute(let symbol, .property): [symbol]
        case .array(let values), .joined(let values), .call(_, let values, _): values.flatMap(\.tellers)
        case .object(let members): members.flatMap { $0.name.tellers + $0.value.tellers }
        case .variable(let variable): variable.value.tellers
        }
    }
}

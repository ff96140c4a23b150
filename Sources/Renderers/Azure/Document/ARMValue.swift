/// A value in a resource: plain data, or an expression that Azure evaluates.
///
/// Bicep text, template JSON and the bodies of requests are three printings of these values, so they cannot disagree.
package indirect enum ARMValue: Sendable, Hashable {
    case bool(Bool)
    case integer(Int)
    /// A number with a fraction: `0.25`.
    case decimal(String)
    case string(String)
    case array([ARMValue])
    case object([ARMMember])
    case parameter(String)
    case variable(ARMVariable)
    /// Something a resource of the template tells about itself: `chat.properties.configuration.ingress.fqdn`.
    case attribute(Symbol, ARMAttribute)
    /// Values joined as text: `'https://${chat.name}'`.
    case joined([ARMValue])
    /// The result of a function, or a property of it: `resourceGroup().location`.
    case call(ARMFunction, [ARMValue] = [], property: [String] = [])
}

/// A name and value of an object; a name may be an expression too.
package struct ARMMember: Sendable, Hashable {
    package let name: ARMValue
    package let value: ARMValue

    package init(_ name: ARMValue, _ value: ARMValue) {
        self.name = name
        self.value = value
    }
}

/// What a resource of a template tells about itself.
package enum ARMAttribute: Sendable, Hashable {
    case id
    /// The last segment of its name.
    case name
    /// A property, by the names below `properties`; only Azure knows its value.
    case property([String])
}

/// The name of a resource inside a template.
package struct Symbol: Sendable, Hashable {
    package let name: String
}

/// The functions that templates of stacks use, under the names that Bicep and template JSON share.
///
/// Source: learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions
package enum ARMFunction: String, Sendable, Hashable {
    case guid
    case readEnvironmentVariable
    case replace
    case resourceGroup
    case subscription
    case tenant
    case uniqueString
}

extension ARMValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral
{
    package init(stringLiteral text: String) { self = .string(text) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(arrayLiteral elements: ARMValue...) { self = .array(elements) }
}

extension ARMValue {
    /// An object without the members whose value is `nil`.
    static func fields(_ members: KeyValuePairs<String, ARMValue?>) -> ARMValue {
        .object(members.compactMap { name, value in value.map { ARMMember(.string(name), $0) } })
    }

    /// The symbols of resources that the value mentions, in the order of mention.
    package var mentions: [Symbol] {
        var symbols: [Symbol] = []
        addMentions(to: &symbols)
        return symbols
    }

    func addMentions(to symbols: inout [Symbol]) {
        switch self {
        case .bool, .integer, .decimal, .string, .parameter: break
        case .array(let values), .joined(let values), .call(_, let values, _):
            for value in values { value.addMentions(to: &symbols) }
        case .object(let members):
            for member in members {
                member.name.addMentions(to: &symbols)
                member.value.addMentions(to: &symbols)
            }
        case .variable(let variable): variable.value.addMentions(to: &symbols)
        case .attribute(let symbol, _): symbols.append(symbol)
        }
    }
}

extension ARMValue {
    /// The names of the parameters that the value mentions.
    var parameters: Set<String> {
        switch self {
        case .parameter(let name): [name]
        case .bool, .integer, .decimal, .string, .attribute: []
        case .array(let values), .joined(let values), .call(_, let values, _):
            values.reduce(into: []) { $0.formUnion($1.parameters) }
        case .object(let members):
            members.reduce(into: []) { $0.formUnion($1.name.parameters.union($1.value.parameters)) }
        case .variable(let variable): variable.value.parameters
        }
    }
}

extension Symbol {
    var id: ARMValue { .attribute(self, .id) }
    /// The last segment of the resource's name.
    var nameInAzure: ARMValue { .attribute(self, .name) }

    func property(_ path: String...) -> ARMValue { .attribute(self, .property(path)) }
}

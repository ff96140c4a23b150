import JSONText

/// Reads ARM templates and their parameter files.
///
/// Source: learn.microsoft.com/azure/azure-resource-manager/templates/syntax
enum ARMDocument {
    static func things(_ text: String) throws(ReadingError) -> [Thing] {
        let document = Value(try JSONDocument.parse(text), reading: string)
        guard let members = document.members else { throw ReadingError("it holds no object", line: 1) }
        var things: [Thing] = []
        var rest: [Value.Member] = []
        for member in members {
            switch (member.name, member.value) {
            case ("parameters", .object(let parameters)): things += parameters.map { parameter($0) }
            case ("variables", .object(let variables)): things += named(variables, .variable)
            case ("outputs", .object(let outputs)): things += named(outputs, .output)
            case ("resources", .object(let resources)): things += resources.map { resource($0.value, symbol: $0.name) }
            case ("resources", .list(let resources)): things += resources.map { resource($0, symbol: nil) }
            default: rest.append(member)
            }
        }
        return [Thing](document: rest, things)
    }

    /// `[…]` is an expression, `[[…]` a text that begins with a bracket.
    ///
    /// Source: learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions
    private static func string(_ text: String) -> Value {
        text.hasPrefix("[") && !text.hasPrefix("[[") && text.hasSuffix("]") ? .expression(text) : .string(text)
    }

    private static func named(_ members: [Value.Member], _ kind: Thing.Kind) -> [Thing] {
        members.map { Thing(.init(kind, $0.name), $0.value) }
    }

    private static func parameter(_ member: Value.Member) -> Thing {
        let type = member.value["type"]?.string?.lowercased() ?? ""
        let isSecret = type == "securestring" || type == "secureobject"
        let properties = isSecret ? member.value.mapping("defaultValue") { $0.hidden } : member.value
        return Thing(.init(.parameter, member.name), properties)
    }

    /// A resource is known by its symbolic name, or by its type, the expression of its name and what it extends.
    private static func resource(_ value: Value, symbol: String?) -> Thing {
        let type = value["type"]?.scalar ?? ""
        let scope = value["scope"]?.scalar.map { " on \($0)" } ?? ""
        let name = symbol ?? (value["name"]?.scalar ?? "") + scope
        let properties = value.without(symbol == nil ? ["type", "name"] : ["type"])
        return Thing(.init(.resource, type: type, name), SensitiveProperties.hide(in: properties, ofType: type))
    }
}

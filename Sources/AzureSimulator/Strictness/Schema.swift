import JSONText

/// The part of JSON Schema that the official descriptions of Azure's types use.
///
/// Source: json-schema.org/draft/2020-12/json-schema-validation; the types of github.com/Azure/bicep-types-az, where an
/// object that does not speak of additional properties has none.
struct Schema: Sendable {
    enum Kind: String, Sendable { case object, array, string, integer, number, boolean }

    /// What an object may hold besides what it names.
    indirect enum Additional: Sendable {
        case anything
        case nothing
        case values(Schema)
    }

    /// The name of a definition that says the rest.
    var reference: String?
    var kind: Kind?
    var properties: [String: Schema] = [:]
    var required: [String] = []
    var additional = Additional.anything
    /// What every element of an array is; none or one.
    var items: [Schema] = []
    var choices: [JSON] = []
    var pattern: String?
    var lengths: ClosedRange<Int>?
    var minimum: Double?
    var maximum: Double?
    /// The property that tells variants apart, and each variant by its value.
    var discriminator: String?
    var variants: [String: Schema] = [:]
    var isReadOnly = false
    var isWriteOnly = false
}

extension Schema {
    init(_ json: JSON) {
        reference = json["$ref"]?.string.map { String($0.split(separator: "/").last ?? "") }
        kind = json["type"]?.string.flatMap { Kind(rawValue: $0) }
        for member in json["properties"]?.members ?? [] { properties[member.name] = Schema(member.value) }
        required = json["required"]?.array?.compactMap(\.string) ?? []
        items = json["items"].map { [Schema($0)] } ?? []
        choices = json["enum"]?.array ?? []
        pattern = json["pattern"]?.string
        let shortest = json["minLength"]?.integer
        let longest = json["maxLength"]?.integer
        if shortest != nil || longest != nil {
            lengths = (shortest ?? 0)...max(longest ?? Int.max, shortest ?? 0)
        }
        minimum = json["minimum"]?.double
        maximum = json["maximum"]?.double
        isReadOnly = json["readOnly"]?.bool ?? false
        isWriteOnly = json["writeOnly"]?.bool ?? false
        readVariants(json)
        if let values = json["additionalProperties"] {
            additional = values == false ? .nothing : values.members == nil ? .anything : .values(Schema(values))
        } else if !properties.isEmpty || !variants.isEmpty {
            additional = .nothing
        }
    }

    private mutating func readVariants(_ json: JSON) {
        discriminator = json["x-discriminator"]?.string
        let names = json["x-variants"]?.array?.compactMap(\.string) ?? []
        for (name, variant) in zip(names, json["oneOf"]?.array ?? []) { variants[name] = Schema(variant) }
    }
}

/// The description of one type of resource: what a whole resource looks like, and the definitions that it refers to.
struct ResourceSchema: Sendable {
    let type: String
    let version: String
    let root: Schema
    let definitions: [String: Schema]

    init?(_ document: JSON) {
        guard let type = document["x-resource-type"]?.string, let version = document["x-api-version"]?.string else {
            return nil
        }
        self.type = type
        self.version = version
        self.root = Schema(document)
        var definitions: [String: Schema] = [:]
        for member in document["$defs"]?.members ?? [] { definitions[member.name] = Schema(member.value) }
        self.definitions = definitions
    }
}

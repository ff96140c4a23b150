/// The properties of resources that hold a secret when they hold a plain text.
///
/// Source: the properties marked sensitive in github.com/Azure/bicep-types-az, and, because its mark is missing there,
/// the value of a vault's secret.
enum SensitiveProperties {
    private static let paths: [String: [[String]]] = [
        "microsoft.app/containerapps": [["properties", "configuration", "secrets", "value"]],
        "microsoft.app/jobs": [["properties", "configuration", "secrets", "value"]],
        "microsoft.keyvault/vaults/secrets": [["properties", "value"]],
    ]

    static func hide(in properties: Value, ofType type: String) -> Value {
        (paths[type.lowercased()] ?? []).reduce(properties) { hide($1[...], in: $0) }
    }

    private static func hide(_ path: ArraySlice<String>, in value: Value) -> Value {
        switch value {
        case .list(let elements): return .list(elements.map { hide(path, in: $0) })
        case .object:
            guard let name = path.first else { return value }
            return value.mapping(name) { hide(path.dropFirst(), in: $0) }
        case .string: return path.isEmpty ? value.hidden : value
        // An expression refers to a secret and holds none.
        case .literal, .expression, .secret: return value
        }
    }
}

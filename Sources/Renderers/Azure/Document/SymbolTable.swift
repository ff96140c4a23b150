/// Gives each thing of a template a name of its own that reads well: `eventsDead`, `chatIdentity`.
struct SymbolTable {
    private var names: [[String]: String] = [:]
    private var taken = Self.reserved

    /// The name for a thing that these words tell apart from all others; the same words give the same name.
    mutating func name(_ words: [String]) -> String {
        if let name = names[words] { return name }
        let base = Self.camelCase(words)
        var name = base
        var count = 1
        while !taken.insert(name).inserted {
            count += 1
            name = "\(base)\(count)"
        }
        names[words] = name
        return name
    }

    /// The words as one identifier; Bicep takes ASCII letters and digits, and a letter first.
    static func camelCase(_ words: [String]) -> String {
        let pieces = words.flatMap { $0.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) } }
        let text = pieces.enumerated().map { index, piece in
            let isShouted = piece == piece.uppercased()[...]
            let tail = isShouted ? piece.dropFirst().lowercased() : String(piece.dropFirst())
            return (index == 0 ? piece.prefix(1).lowercased() : piece.prefix(1).uppercased()) + tail
        }.joined()
        return text.first?.isLetter == true ? text : "r\(text)"
    }

    /// Words that mean something in every template: the functions and keywords that a symbol would hide.
    private static let reserved: Set<String> = [
        "any", "array", "az", "base64", "bool", "concat", "contains", "createArray", "createObject", "deployer",
        "deployment", "empty", "endsWith", "environment", "existing", "extension", "extensionResourceId", "false",
        "filter", "first", "flatten", "for", "format", "func", "guid", "if", "import", "in", "indexOf", "int",
        "intersection", "items", "join", "json", "last", "length", "managementGroup", "map", "max", "metadata", "min",
        "module", "null", "object", "output", "padLeft", "param", "pickZones", "provider", "providers", "range",
        "reduce", "reference", "replace", "resource", "resourceGroup", "resourceId", "skip", "sort", "split",
        "startsWith", "string", "subscription", "subscriptionResourceId", "substring", "sys", "take",
        "targetScope", "tenant", "tenantResourceId", "test", "toLower", "toObject", "toUpper", "trim", "true", "type",
        "union", "uniqueString", "uri", "using", "utcNow", "var", "with",
    ]
}

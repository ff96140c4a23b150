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
    ///
    /// A piece in capitals is a word like any other: `OPENAI_API_KEY` becomes `openaiApiKey`.
    static func camelCase(_ words: [String]) -> String {
        var name: [UInt8] = []
        for word in words {
            for piece in word.utf8.split(whereSeparator: { !$0.isLetter && !$0.isDigit }) {
                let isShouted = piece.allSatisfy { $0.uppercased == $0 }
                for (index, byte) in piece.enumerated() {
                    switch index {
                    case 0: name.append(name.isEmpty ? byte.lowercased : byte.uppercased)
                    default: name.append(isShouted ? byte.lowercased : byte)
                    }
                }
            }
        }
        if name.first?.isLetter != true { name.insert(UInt8(ascii: "r"), at: 0) }
        return String(decoding: name, as: UTF8.self)
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

extension UInt8 {
    fileprivate var isLetter: Bool { (0x61...0x7A).contains(lowercased) }
    fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
    fileprivate var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self + 0x20 : self }
    fileprivate var uppercased: UInt8 { (0x61...0x7A).contains(self) ? self - 0x20 : self }
}

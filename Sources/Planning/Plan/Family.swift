/// Which of some resources lie above others, read from their identifiers.
///
/// Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules and, for extensions,
/// learn.microsoft.com/azure/azure-resource-manager/management/extension-resource-types
struct Family {
    struct Ancestor: Hashable {
        let key: String
        /// Whether the resource below is, or belongs to, an extension of another type: a role, a diagnostic setting.
        let isExtended: Bool
    }

    private let keys: Set<String>

    /// - Parameter keys: Identifiers in lower case.
    init(_ keys: Set<String>) {
        self.keys = keys
    }

    /// The resources above one, the nearest first.
    func ancestors(of key: String) -> [Ancestor] {
        var ancestors: [Ancestor] = []
        var end = key.endIndex
        while let slash = key.utf8[..<end].lastIndex(of: UInt8(ascii: "/")), slash > key.startIndex {
            let above = String(key[..<slash])
            if keys.contains(above) {
                ancestors.append(Ancestor(key: above, isExtended: Self.holdsProvider(key[slash...])))
            }
            end = slash
        }
        return ancestors
    }

    /// Types and names take turns, so that a resource may well be called `providers`.
    private static func holdsProvider(_ rest: Substring) -> Bool {
        rest.split(separator: "/").enumerated().contains { $0.offset.isMultiple(of: 2) && $0.element == "providers" }
    }

    /// The identifier of the topmost resource, whether it is known or not.
    static func top(of key: String) -> String {
        let segments = key.split(separator: "/")
        guard
            let provider = segments.indices.first(where: { $0.isMultiple(of: 2) && segments[$0] == "providers" }),
            provider + 3 < segments.count
        else { return key }
        return String(key[..<segments[provider + 3].endIndex])
    }
}

extension String {
    /// An identifier as it is compared: Azure takes no notice of capitals.
    var identifierKey: String { lowercased() }
}

import Renderers

/// How a template names a resource: its type, the names from its top down, and what it extends.
///
/// Sources: learn.microsoft.com/azure/azure-resource-manager/templates/child-resource-name-type and
/// learn.microsoft.com/azure/azure-resource-manager/templates/scope-extension-resources
struct TemplateAddress: Hashable {
    /// The members of a resource that are no part of its body.
    static let members: Set = ["type", "apiVersion", "scope", "name", "dependsOn"]

    let type: ResourceType
    /// The names, parted by slashes: `account/default/uploads`.
    let name: String
    /// The identifier of the resource that it extends; `nil` for one that is in the resource group.
    let scope: String?

    init(_ type: ResourceType, name: String, scope: String?) {
        self.type = type
        self.name = name
        self.scope = scope
    }

    /// The address of a resource; `nil` where its identifier is not that of its type.
    init?(_ id: String, type: ResourceType, in group: String) {
        let segments = id.split(separator: "/", omittingEmptySubsequences: false)
        let count = 2 * type.depth
        guard segments.count > count + 2 else { return nil }
        let tail = segments.suffix(count)
        let names = stride(from: tail.startIndex + 1, to: tail.endIndex, by: 2).map { tail[$0] }
        let holder = segments.dropLast(count + 2).joined(separator: "/")
        self.init(type, name: names.joined(separator: "/"), scope: holder == group ? nil : holder)
    }

    /// The identifier; `nil` where the name has not as many parts as the type.
    func id(in group: String) -> String? {
        let types = type.rawValue.split(separator: "/")
        let names = name.split(separator: "/", omittingEmptySubsequences: false)
        guard names.count == type.depth else { return nil }
        return "\(scope ?? group)/providers/\(types[0])" + zip(types.dropFirst(), names).map { "/\($0)/\($1)" }.joined()
    }
}

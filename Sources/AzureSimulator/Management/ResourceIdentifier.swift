/// The identifier of a resource: `/subscriptions/…/resourceGroups/…/providers/Microsoft.KeyVault/vaults/main`.
///
/// Identifiers are the same whatever their case, so they are compared by ``key``.
///
/// Source: github.com/Azure/azure-resource-manager-rpc/blob/master/v1.0/common-api-details.md
package struct ResourceIdentifier: Sendable, Hashable, CustomStringConvertible {
    /// What the resource is in or extends: a group, a subscription or another resource.
    var scope: String
    var namespace: String
    var pairs: [Pair]

    struct Pair: Sendable, Hashable {
        var type: String
        var name: String
    }

    package var description: String {
        scope + "/providers/\(namespace)" + pairs.map { "/\($0.type)/\($0.name)" }.joined()
    }

    /// The identifier in lower case.
    package var key: String { description.lowercased() }

    var name: String { pairs.last?.name ?? "" }

    /// `Microsoft.KeyVault/vaults/secrets`.
    var type: String { ([namespace] + pairs.map(\.type)).joined(separator: "/") }

    /// The resource that this one is a child of; `nil` at the top level.
    var parent: ResourceIdentifier? {
        guard pairs.count > 1 else { return nil }
        var parent = self
        parent.pairs.removeLast()
        return parent
    }

    /// The key of what holds this: its parent, or its scope.
    var holder: String { parent?.key ?? scope.lowercased() }

    func child(_ type: String, _ name: String) -> ResourceIdentifier {
        var child = self
        child.pairs.append(Pair(type: type, name: name))
        return child
    }

    /// Reads an identifier from text; `nil` where it names no resource of a provider.
    package init?(_ text: String) {
        let segments = text.split(separator: "/").map(String.init)
        guard text.hasPrefix("/"), let resource = ResourceIdentifier(segments: segments) else { return nil }
        self = resource
    }

    init(scope: String, namespace: String, pairs: [Pair]) {
        self.scope = scope
        self.namespace = namespace
        self.pairs = pairs
    }

    init?(segments: [String]) {
        guard let place = segments.lastIndex(where: { $0.lowercased() == "providers" }) else { return nil }
        let rest = segments[(place + 1)...].dropFirst()
        guard let namespace = segments[(place + 1)...].first, !rest.isEmpty, rest.count.isMultiple(of: 2) else {
            return nil
        }
        self.scope = segments[..<place].map { "/\($0)" }.joined()
        self.namespace = namespace
        self.pairs = stride(from: rest.startIndex, to: rest.endIndex, by: 2).map { index in
            Pair(type: rest[index], name: rest[index + 1])
        }
    }
}

/// The parts of an identifier that a resource is in.
struct Place: Sendable, Hashable {
    var subscription: String?
    var group: String?

    init(_ identifier: String) {
        let segments = identifier.split(separator: "/").map(String.init)
        func value(_ name: String, _ index: Int) -> String? {
            guard segments.count > index + 1, segments[index].lowercased() == name else { return nil }
            return segments[index + 1]
        }
        self.subscription = value("subscriptions", 0)
        self.group = value("resourcegroups", 2)
    }
}

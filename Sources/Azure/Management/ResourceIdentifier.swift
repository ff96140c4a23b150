import WebFormats

/// The name of a resource in all of Azure: `/subscriptions/…/resourceGroups/…/providers/Microsoft.Web/sites/chat`.
///
/// Azure ignores the case of ids and does not keep it; so do comparisons here.
/// Source: github.com/Azure/azure-resource-manager-rpc, `v1.0/common-api-details.md`
public struct ResourceIdentifier: Sendable {
    /// A pair of segments, or three where a provider begins.
    struct Part: Sendable {
        /// `Microsoft.Web`, before the first type of a provider.
        let provider: String?
        let type: String
        let name: String
    }

    let parts: [Part]

    init(parts: [Part]) {
        self.parts = parts
    }

    /// Reads an id.
    ///
    /// - Returns: `nil` where it is none: segments that are missing, empty, or would lead elsewhere in an address.
    public init?(_ text: String) {
        guard text.first == "/" else { return nil }
        var segments = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)[...]
        // An id may end with a slash, as that of a scope in role assignments does.
        if segments.last == "" { segments = segments.dropLast() }
        guard segments.allSatisfy(Self.isSound) else { return nil }
        var parts: [Part] = []
        while let first = segments.popFirst() {
            var provider: Substring?
            var type = first
            if first.lowercased() == "providers" {
                guard let namespace = segments.popFirst(), let next = segments.popFirst() else { return nil }
                provider = namespace
                type = next
            }
            guard let name = segments.popFirst() else { return nil }
            parts.append(Part(provider: provider.map(String.init), type: String(type), name: String(name)))
        }
        guard !parts.isEmpty else { return nil }
        self.parts = parts
    }

    private static func isSound(_ segment: Substring) -> Bool {
        segment != "" && segment != "." && segment != ".."
            && segment.unicodeScalars.allSatisfy { $0.value >= 0x20 && !"?#\\%\u{7F}".unicodeScalars.contains($0) }
    }
}

extension ResourceIdentifier: CustomStringConvertible {
    /// The id as it was written, but for the word `providers`.
    public var text: String {
        parts.map { part in "\(part.provider.map { "/providers/\($0)" } ?? "")/\(part.type)/\(part.name)" }.joined()
    }

    /// The id as the path of an address.
    public var path: String {
        let segments = text.split(separator: "/")
        return segments.map { "/\(PercentEncoding.encode(String($0)))" }.joined()
    }

    public var description: String { text }
}

extension ResourceIdentifier: Hashable {
    public static func == (one: Self, other: Self) -> Bool { one.key == other.key }
    public func hash(into hasher: inout Hasher) { hasher.combine(key) }

    private var key: String { text.lowercased() }
}

extension ResourceIdentifier {
    public var name: String { parts.last?.name ?? "" }

    /// The full type, with those of its parents: `Microsoft.ServiceBus/namespaces/queues`.
    ///
    /// Subscriptions and groups belong to `Microsoft.Resources`, which their ids leave out.
    public var type: String {
        let start = parts.lastIndex { $0.provider != nil } ?? parts.endIndex - 1
        return ([parts[start].provider ?? "Microsoft.Resources"] + parts[start...].map(\.type)).joined(separator: "/")
    }

    /// The provider that answers for it.
    public var provider: String? { parts.last { $0.provider != nil }?.provider }

    /// What it is a child of, or an extension of: the id without its last pair; `nil` for a subscription.
    public var parent: ResourceIdentifier? {
        parts.count > 1 ? ResourceIdentifier(parts: parts.dropLast()) : nil
    }

    /// Whether it says something about another resource, as a role assignment or a lock does.
    public var isExtension: Bool { parts.count { $0.provider != nil } > 1 }

    /// What an extension is about: the resource, group or subscription before its own provider.
    ///
    /// Of a resource that is no extension it is the group or the subscription that holds it.
    public var scope: ResourceIdentifier? {
        guard let start = parts.lastIndex(where: { $0.provider != nil }), start > 0 else { return nil }
        return ResourceIdentifier(parts: Array(parts[..<start]))
    }

    /// The id of the subscription, without what stands before it.
    public var subscription: String? { name(of: "subscriptions") }

    public var resourceGroup: String? { name(of: "resourcegroups") }

    private func name(of type: String) -> String? {
        parts.prefix { $0.provider == nil }.first { $0.type.lowercased() == type }?.name
    }

    /// Whether the other is this, or below it, or about it.
    public func contains(_ other: ResourceIdentifier) -> Bool {
        other.parts.count >= parts.count
            && ResourceIdentifier(parts: Array(other.parts.prefix(parts.count))) == self
    }
}

extension ResourceIdentifier {
    /// A child: `namespace.child("queues", "jobs")`.
    public func child(_ type: String, _ name: String) -> ResourceIdentifier? {
        ResourceIdentifier("\(text)/\(type)/\(name)")
    }

    /// A resource in a group or subscription, or an extension of a resource.
    ///
    /// - Parameters:
    ///   - provider: `Microsoft.Authorization`
    ///   - type: `roleAssignments`
    ///   - name: Its own name.
    /// - Returns: `nil` where one of them cannot be in an id.
    public func resource(_ provider: String, _ type: String, _ name: String) -> ResourceIdentifier? {
        ResourceIdentifier("\(text)/providers/\(provider)/\(type)/\(name)")
    }

    public static func subscription(_ id: String) -> ResourceIdentifier? {
        ResourceIdentifier("/subscriptions/\(id)")
    }

    public static func resourceGroup(_ name: String, subscription: String) -> ResourceIdentifier? {
        ResourceIdentifier("/subscriptions/\(subscription)/resourceGroups/\(name)")
    }
}

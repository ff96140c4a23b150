/// An identifier of Azure as a path: what a resource is called, and in which other one it stands.
///
/// Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules and
/// learn.microsoft.com/azure/azure-resource-manager/templates/scope-extension-resources
struct ResourcePath {
    private let segments: ArraySlice<Substring>
    /// Where the part begins that only resources have.
    private let provider: Int?

    init(_ id: String) {
        let segments = id.split(separator: "/")
        self.segments = segments[...]
        self.provider = segments.firstIndex { $0.lowercased() == "providers" }
    }

    private init(_ segments: ArraySlice<Substring>, provider: Int) {
        self.segments = segments
        self.provider = provider
    }

    /// Its own name, without those of its parents.
    var name: String { segments.last.map(String.init) ?? "" }

    /// The identifier as it is compared: Azure takes no notice of capitals.
    var key: String { segments.joined(separator: "/").lowercased() }

    /// The resource that this one is part of, or is added to; `nil` for one that stands by itself.
    var parent: ResourcePath? {
        guard let provider, segments.count > 4 else { return nil }
        let isFirstOfItsProvider = segments.dropLast(3).last?.lowercased() == "providers"
        let rest = segments.dropLast(isFirstOfItsProvider ? 4 : 2)
        return rest.endIndex > provider ? ResourcePath(rest, provider: provider) : nil
    }
}

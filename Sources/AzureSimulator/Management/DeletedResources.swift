import JSONText

#if canImport(FoundationEssentials)
import struct FoundationEssentials.Date
#else
import struct Foundation.Date
#endif

/// What stays for a while after it was deleted, and keeps its name.
struct DeletedResources: Sendable {
    struct Key: Sendable, Hashable {
        var kind: ManagementRoute.DeletedKind
        /// In lower case.
        var name: String
    }

    struct Item: Sendable {
        let resource: Resource
        /// What was below it.
        let below: [Resource]
        let secrets: VaultContents
        let deletedAt: Date
        let purgedAt: Date
        let isProtected: Bool
    }

    private(set) var items: [Key: Item] = [:]

    subscript(kind: ManagementRoute.DeletedKind, name: String) -> Item? {
        items[Key(kind: kind, name: name.lowercased())]
    }

    mutating func keep(_ item: Item, as kind: ManagementRoute.DeletedKind) {
        items[Key(kind: kind, name: item.resource.name.lowercased())] = item
    }

    mutating func remove(_ key: Key) {
        items[key] = nil
    }

    func expired(at now: Date) -> [Key] { items.filter { $0.value.purgedAt <= now }.map(\.key) }

    func all(_ kind: ManagementRoute.DeletedKind) -> [Item] {
        items.filter { $0.key.kind == kind }.sorted { $0.key.name < $1.key.name }.map(\.value)
    }
}

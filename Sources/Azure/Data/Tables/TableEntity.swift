import JSONText

/// One entity: named values under a key.
public struct TableEntity: Sendable, Hashable {
    public var key: TableKey
    public var properties: [String: TableValue]
    /// What the service calls this state of it; `nil` for one that was not read.
    public var tag: String?

    public init(_ key: TableKey, _ properties: [String: TableValue]) {
        self.key = key
        self.properties = properties
    }

    public subscript(name: String) -> TableValue? { properties[name] }

    /// The text of a property; `nil` where there is none.
    public func text(_ name: String) -> String? {
        if case .string(let text) = properties[name] { text } else { nil }
    }

    /// The number of a property; `nil` where there is none.
    public func number(_ name: String) -> Int64? {
        switch properties[name] {
        case .long(let number): number
        case .integer(let number): Int64(number)
        case .string, .bool, .double, .binary, .moment, .identifier, nil: nil
        }
    }

    /// The entity as it is sent, with its properties in the order of their names.
    var json: JSON {
        var members = [
            JSON.Member("PartitionKey", .string(TableKey.escaped(key.partition))),
            JSON.Member("RowKey", .string(TableKey.escaped(key.row))),
        ]
        for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
            if let type = value.annotation { members.append(.init("\(name)@odata.type", .string(type))) }
            members.append(.init(name, value.json))
        }
        return .object(members)
    }

    /// Reads an entity; `nil` where it has no key.
    init?(_ json: JSON, tag: String? = nil) {
        guard let members = json.members, let partition = json["PartitionKey"]?.string,
            let row = json["RowKey"]?.string
        else { return nil }
        let suffix = "@odata.type"
        var types: [Substring: String] = [:]
        for member in members where member.name.hasSuffix(suffix) {
            types[member.name.dropLast(suffix.count)] = member.value.string
        }
        key = TableKey(partition: TableKey.plain(partition), row: TableKey.plain(row))
        properties = [:]
        for member in members where !Self.isOfService(member.name) {
            properties[member.name] = TableValue(member.value, annotation: types[member.name[...]])
        }
        self.tag = tag ?? json["odata.etag"]?.string
    }

    private static func isOfService(_ name: String) -> Bool {
        ["PartitionKey", "RowKey", "Timestamp"].contains(name) || name.hasPrefix("odata.") || name.contains("@odata.")
    }
}

import JSONText

#if canImport(FoundationEssentials)
import struct FoundationEssentials.Date
#else
import struct Foundation.Date
#endif

/// The tables of one storage account.
struct TableAccount: Sendable {
    struct Key: Sendable, Hashable, Comparable {
        let partition: String
        let row: String

        static func < (one: Key, other: Key) -> Bool { (one.partition, one.row) < (other.partition, other.row) }
    }

    struct Entity: Sendable {
        var properties: JSON
        /// Tenths of microseconds since the start of 1970; no two writes of an account have the same.
        let stamp: Int
        let size: Int
    }

    struct Table: Sendable {
        let name: String
        var entities: [Key: Entity] = [:]
    }

    private(set) var tables: [String: Table] = [:]
    private var lastStamp = 0

    /// The moment of a write.
    mutating func stamp(at now: Date) -> Int {
        lastStamp = max(lastStamp + 1, Int((now.timeIntervalSince1970 * 1000).rounded()) * 10_000)
        return lastStamp
    }

    var size: Int { tables.values.reduce(0) { sum, table in table.entities.values.reduce(sum) { $0 + $1.size } } }

    /// Names of tables are the same whatever their case.
    subscript(name: String) -> Table? {
        get { tables[name.lowercased()] }
        set { tables[name.lowercased()] = newValue }
    }

    mutating func add(_ name: String) {
        guard self[name] == nil else { return }
        self[name] = Table(name: name)
    }

    mutating func remove(_ name: String) {
        self[name] = nil
    }
}

/// What the path of a request to tables names.
///
/// Source: learn.microsoft.com/rest/api/storageservices/addressing-table-service-resources
enum TableRoute: Sendable, Hashable {
    case tables
    case table(String)
    case entities(String)
    case entity(String, TableKey)
    case unknown

    struct TableKey: Sendable, Hashable {
        var partition: String
        var row: String
    }

    init(_ path: [String]) {
        let text = path.joined(separator: "/")
        let name = String(text.prefix { $0 != "(" })
        let inner = text.dropFirst(name.count).dropFirst().dropLast()
        switch (name, text.hasSuffix(")")) {
        case ("Tables", false): self = .tables
        case ("Tables", true): self = inner.isEmpty ? .tables : .table(Self.unquoted(inner) ?? "")
        case (_, false): self = name.isEmpty ? .unknown : .entities(name)
        case (_, true): self = inner.isEmpty ? .entities(name) : Self.entity(name, inner)
        }
    }

    private static func entity(_ table: String, _ text: Substring) -> TableRoute {
        guard text.hasPrefix("PartitionKey="), let middle = text.firstRange(of: "',RowKey='"),
            let partition = unquoted(text[..<middle.lowerBound].dropFirst("PartitionKey=".count) + "'"),
            let row = unquoted("'" + text[middle.upperBound...])
        else { return .unknown }
        return .entity(table, TableKey(partition: partition, row: row))
    }

    /// The text in single quotes, which are doubled inside.
    private static func unquoted(_ text: some StringProtocol) -> String? {
        guard text.count >= 2, text.hasPrefix("'"), text.hasSuffix("'") else { return nil }
        return String(text.dropFirst().dropLast()).replacing("''", with: "'")
    }
}

import WebFormats
/// Which entities a query is for.
///
/// Source: learn.microsoft.com/rest/api/storageservices/querying-tables-and-entities
public indirect enum TableFilter: Sendable, Hashable {
    case compare(String, Comparison, TableValue)
    case both(TableFilter, TableFilter)
    case either(TableFilter, TableFilter)

    public enum Comparison: String, Sendable, Hashable, CaseIterable {
        case equal = "eq"
        case notEqual = "ne"
        case less = "lt"
        case lessOrEqual = "le"
        case greater = "gt"
        case greaterOrEqual = "ge"
    }

    /// The entities of one partition.
    public static func partition(_ text: String) -> TableFilter {
        .compare("PartitionKey", .equal, .string(TableKey.escaped(text)))
    }

    /// The entities with such a row key; where it is escaped, its order is that of the escaped text.
    public static func row(_ comparison: Comparison, _ text: String) -> TableFilter {
        .compare("RowKey", comparison, .string(TableKey.escaped(text)))
    }

    public func and(_ other: TableFilter) -> TableFilter { .both(self, other) }

    var text: String {
        switch self {
        case .compare(let name, let comparison, let value): "\(name) \(comparison.rawValue) \(value.literal)"
        case .both(let one, let other): "(\(one.text)) and (\(other.text))"
        case .either(let one, let other): "(\(one.text)) or (\(other.text))"
        }
    }
}

extension TableValue {
    /// The value as filters write it.
    fileprivate var literal: String {
        switch self {
        case .string(let text): "'\(text.replacing("'", with: "''"))'"
        case .bool(let value): "\(value)"
        case .integer(let number): "\(number)"
        case .long(let number): "\(number)L"
        case .double(let number): "\(number)"
        case .binary(let bytes): "X'\(bytes.hexadecimal)'"
        case .moment(let text): "datetime'\(text.replacing("'", with: "''"))'"
        case .identifier(let text): "guid'\(text.replacing("'", with: "''"))'"
        }
    }
}

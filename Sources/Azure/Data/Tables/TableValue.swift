import JSONText

#if canImport(FoundationEssentials)
public import struct FoundationEssentials.Data
#else
public import struct Foundation.Data
#endif

/// The value of a property, in one of the types that tables have.
///
/// Source: learn.microsoft.com/rest/api/storageservices/payload-format-for-table-service-operations
public enum TableValue: Sendable, Hashable {
    case string(String)
    case bool(Bool)
    case integer(Int32)
    case long(Int64)
    case double(Double)
    case binary(Data)
    /// A moment as OData writes it: `2026-01-01T00:00:00Z`.
    case moment(String)
    case identifier(String)

    /// The name of the type, where JSON alone does not tell it.
    var annotation: String? {
        switch self {
        case .string, .bool, .integer: nil
        case .long: "Edm.Int64"
        case .double: "Edm.Double"
        case .binary: "Edm.Binary"
        case .moment: "Edm.DateTime"
        case .identifier: "Edm.Guid"
        }
    }

    var json: JSON {
        switch self {
        case .string(let text), .moment(let text), .identifier(let text): .string(text)
        case .bool(let value): .bool(value)
        case .integer(let number): .number("\(number)")
        case .long(let number): .string("\(number)")
        // What JSON has no number for is written as a word.
        case .double(let number): number.isFinite ? .number("\(number)") : .string(Self.word(for: number))
        case .binary(let bytes): .string(bytes.base64EncodedString())
        }
    }

    /// Reads a value; `nil` where it does not fit its type, or is `null`, which counts as not there.
    init?(_ json: JSON, annotation: String?) {
        switch (annotation, json) {
        case ("Edm.Int64", .string(let text)): self.init(Int64(text).map { .long($0) })
        case ("Edm.Double", .string(let text)): self.init(Self.number(text).map { .double($0) })
        case ("Edm.Binary", .string(let text)): self.init(Data(base64Encoded: text).map { .binary($0) })
        case ("Edm.DateTime", .string(let text)): self = .moment(text)
        case ("Edm.Guid", .string(let text)): self = .identifier(text)
        case ("Edm.Double", .number(let digits)): self.init(Double(digits).map { .double($0) })
        case (_, .string(let text)): self = .string(text)
        case (_, .bool(let value)): self = .bool(value)
        case (_, .number(let digits)):
            self.init(Int32(digits).map { .integer($0) } ?? Double(digits).map { .double($0) })
        case (_, .null), (_, .array), (_, .object): return nil
        }
    }

    private init?(_ value: TableValue?) {
        guard let value else { return nil }
        self = value
    }

    private static func word(for number: Double) -> String {
        number.isNaN ? "NaN" : number > 0 ? "Infinity" : "-Infinity"
    }

    private static func number(_ text: String) -> Double? {
        switch text {
        case "NaN": .nan
        case "Infinity": .infinity
        case "-Infinity": -.infinity
        default: Double(text)
        }
    }
}

import JSONText

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension TableAccount.Entity {
    /// When it was written, to the tenth of a microsecond.
    var moment: String {
        let seconds = Date(timeIntervalSince1970: Double(stamp / 10_000_000)).formatted(.iso8601).dropLast()
        let fraction = String(stamp % 10_000_000)
        return "\(seconds).\(String(repeating: "0", count: 7 - fraction.count))\(fraction)Z"
    }

    /// The entity tag, which follows from the moment, as clients know.
    ///
    /// Source: azure-data-tables `_deserialize.py`
    var tag: String { "W/\"datetime'\(moment.replacing(":", with: "%3A"))'\"" }

    /// The entity as a client wants to see it.
    ///
    /// Source: learn.microsoft.com/rest/api/storageservices/payload-format-for-table-service-operations
    func json(_ call: StorageCall, table: String) -> JSON {
        let stamped = properties.overlaid(by: ["Timestamp": .string(moment)])
        let form = call.request.header("Accept") ?? ""
        guard !form.contains("nometadata") else {
            return .object((stamped.members ?? []).filter { !$0.name.hasSuffix("@odata.type") })
        }
        guard form.contains("fullmetadata") else { return stamped }
        return stamped.overlaid(
            by: [
                "odata.type": .string("\(call.account.name).\(table)"), "odata.etag": .string(tag),
                "odata.id": .string("\(call.request.origin)/\(table)"), "Timestamp@odata.type": "Edm.DateTime",
            ]
        )
    }
}

/// What entities may hold.
///
/// Source: learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
enum EntityRules {
    private static let propertyLimit = 255
    private static let textLimit = 32 * 1024
    private static let keyLimit = 512

    static func check(_ entity: JSON) throws(Refusal) {
        let properties = (entity.members ?? []).filter { !$0.name.contains("odata.") }
        guard properties.count <= propertyLimit else {
            throw .badRequest("TooManyProperties", "The entity contains more properties than allowed.")
        }
        for property in properties {
            if property.name == "PartitionKey" || property.name == "RowKey" {
                try checkKey(property)
            } else {
                try check(property, entity["\(property.name)@odata.type"]?.string)
            }
        }
    }

    private static func checkKey(_ property: JSON.Member) throws(Refusal) {
        guard let text = property.value.string, text.unicodeScalars.allSatisfy(isAllowedInKeys) else {
            throw .badRequest("OutOfRangeInput", "The '\(property.name)' parameter is out of range.")
        }
        guard text.utf16.count <= keyLimit else {
            throw .badRequest("KeyValueTooLarge", "The '\(property.name)' is larger than 1 KiB.")
        }
    }

    private static func isAllowedInKeys(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "/", "\\", "#", "?", "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}": false
        default: true
        }
    }

    private static func check(_ property: JSON.Member, _ type: String?) throws(Refusal) {
        let isSound =
            switch (type, property.value) {
            case ("Edm.Int64", .string(let text)): Int64(text) != nil
            case ("Edm.Binary", .string(let text)): Data(base64Encoded: text) != nil
            case ("Edm.Guid", .string(let text)): text.utf8.count == 36
            case ("Edm.DateTime", .string(let text)): text.contains("T") && text.hasSuffix("Z")
            case ("Edm.Double", .number), ("Edm.Double", .string), (nil, .bool), ("Edm.Boolean", .bool): true
            case (nil, .string), ("Edm.String", .string): true
            case ("Edm.Int32", .number(let digits)): Int32(digits) != nil
            case (nil, .number(let digits)): Int32(digits) != nil || digits.contains { ".eE".contains($0) }
            case (_, _): false
            }
        guard isSound else {
            throw .badRequest("InvalidInput", "An error occurred while processing this request: \(property.name).")
        }
        if let text = property.value.string, text.utf16.count > textLimit {
            throw .badRequest("PropertyValueTooLarge", "The property value of '\(property.name)' is too large.")
        }
    }
}

/// A text that is larger than one property may be, and so lies in several: `Event0`, `Event1` and so on.
///
/// Source: learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model under `Edm.String`:
/// a property has at most 64 KiB, and its characters have two bytes each.
public enum TableText {
    /// The longest part, in characters of the service's own count.
    public static let length = 32_000

    /// The parts of a text, none of which ends within a character.
    public static func parts(of text: String) -> [String] {
        var rest = Array(text.utf16)[...]
        var parts: [String] = []
        while !rest.isEmpty {
            var part = rest.prefix(length)
            // A character of two halves stays in one part.
            if part.count < rest.count, let last = part.last, UTF16.isLeadSurrogate(last) { part.removeLast() }
            parts.append(String(decoding: part, as: UTF16.self))
            rest = rest[part.endIndex...]
        }
        return parts
    }

    /// The properties that hold these parts.
    public static func properties(_ name: String, _ parts: some Sequence<String>) -> [String: TableValue] {
        parts.enumerated().reduce(into: [:]) { $0["\(name)\($1.offset)"] = .string($1.element) }
    }
}

extension TableEntity {
    /// The text that lies in the properties of this name and a number.
    public func wholeText(_ name: String) -> String {
        var text = ""
        var number = 0
        while let part = self.text("\(name)\(number)") {
            text += part
            number += 1
        }
        return text
    }
}

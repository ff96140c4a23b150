import WebFormats

/// What an entity is found by: its partition, and its row in there.
///
/// Any text can be a key, though the service refuses some characters: these travel as `!` and two digits, as `!` itself
/// does. At most 512 characters of the service's own count are allowed, which is for the caller to see to.
///
/// Source: learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
public struct TableKey: Sendable, Hashable {
    public var partition: String
    public var row: String

    public init(partition: String, row: String) {
        self.partition = partition
        self.row = row
    }

    /// `PartitionKey='…',RowKey='…'`, as it stands in an address.
    var path: String { "PartitionKey='\(Self.quoted(partition))',RowKey='\(Self.quoted(row))'" }

    private static func quoted(_ text: String) -> String {
        PercentEncoding.encode(escaped(text).replacing("'", with: "''"))
    }

    /// A key as the service takes it.
    static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: mustEscape) else { return text }
        var output = ""
        for scalar in text.unicodeScalars {
            guard mustEscape(scalar) else {
                output.unicodeScalars.append(scalar)
                continue
            }
            // All of them are below U+00A0, so that two digits do.
            let digits = String(scalar.value, radix: 16, uppercase: true)
            output += digits.count == 1 ? "!0\(digits)" : "!\(digits)"
        }
        return output
    }

    /// A key as the program knows it; what nobody has escaped stays as it is.
    static func plain(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "!")) else { return text }
        var output = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "!", rest.count >= 2, let value = UInt8(String(rest.prefix(2)), radix: 16) else {
                output.append(scalar)
                continue
            }
            output.append(Unicode.Scalar(value))
            rest = rest.dropFirst(2)
        }
        return String(output)
    }

    private static func mustEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "/", "\\", "#", "?", "%", "!", "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}": true
        default: false
        }
    }
}

/// A connection string of Azure: `AccountName=main;AccountKey=…`.
///
/// Names are compared without case; a value may hold `=`, as keys in base64 do.
/// Source: learn.microsoft.com/azure/storage/common/storage-configure-connection-string
struct ConnectionFields: Sendable {
    private let fields: [String: String]

    /// Reads a connection string; `nil` where a part of it has no name.
    init?(_ text: String) {
        var fields: [String: String] = [:]
        for part in text.split(separator: ";") {
            guard let mark = part.firstIndex(of: "="), mark > part.startIndex else { return nil }
            fields[part[..<mark].lowercased()] = String(part[part.index(after: mark)...])
        }
        self.fields = fields
    }

    subscript(name: String) -> String? {
        fields[name.lowercased()].flatMap { $0.isEmpty ? nil : $0 }
    }
}

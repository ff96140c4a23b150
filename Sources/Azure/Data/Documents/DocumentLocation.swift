public import Settings

/// Where a database of documents is, as a setting of the kind `DatabaseConnection` says it.
public enum DocumentLocation: Sendable, Hashable {
    /// A folder of this machine, which stands for the database.
    case folder(String)
    /// A database of an account; with the account's key where the setting holds one, with the identity of the service
    /// otherwise.
    case database(String, account: WebAddress, key: SecretValue?)

    /// Reads a setting; `nil` where it says nothing of the kind.
    ///
    /// In Azure it is the address of the database, `https://NAME.documents.azure.com:443/dbs/main`, on a machine the
    /// path of a folder; a connection string `AccountEndpoint=…;AccountKey=…;Database=…` serves for accounts and
    /// emulators that take no identities.
    public init?(_ text: String) {
        if text.hasPrefix("/") || text.hasPrefix(".") {
            self = .folder(text)
        } else if let mark = text.ranges(of: "/dbs/").last, let account = WebAddress(String(text[..<mark.lowerBound])) {
            let name = text[mark.upperBound...]
            guard !name.isEmpty, !name.contains(where: { "/?#\\".contains($0) }) else { return nil }
            self = .database(String(name), account: account, key: nil)
        } else if let fields = ConnectionFields(text), let name = fields["Database"], let key = fields["AccountKey"],
            let account = fields["AccountEndpoint"].flatMap({ WebAddress($0) })
        {
            self = .database(name, account: account, key: SecretValue(key))
        } else {
            return nil
        }
    }
}

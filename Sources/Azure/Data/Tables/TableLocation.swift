public import Settings

/// Where tables are, as a setting of the kind `TableConnection` says it.
public enum TableLocation: Sendable, Hashable {
    /// A folder of this machine, which stands for the account.
    case folder(String)
    /// An account; with its key where the setting holds one, with the identity of the service otherwise.
    case account(WebAddress, name: String, key: SecretValue?)

    /// Reads a setting; `nil` where it says nothing of the kind.
    ///
    /// In Azure it is the address of the account's tables, on a machine the path of a folder; a connection string with
    /// a key serves for accounts and emulators that take no identities.
    public init?(_ text: String) {
        if text.hasPrefix("/") || text.hasPrefix(".") {
            self = .folder(text)
        } else if let address = WebAddress(text) {
            self = .account(address, name: Self.name(at: address), key: nil)
        } else if let fields = ConnectionFields(text), let name = fields["AccountName"], let key = fields["AccountKey"],
            let address = Self.address(fields, name)
        {
            self = .account(address, name: name, key: SecretValue(key))
        } else {
            return nil
        }
    }

    private static func address(_ fields: ConnectionFields, _ name: String) -> WebAddress? {
        if let given = fields["TableEndpoint"] { return WebAddress(given) }
        let scheme = fields["DefaultEndpointsProtocol"] ?? "https"
        return WebAddress("\(scheme)://\(name).table.\(fields["EndpointSuffix"] ?? "core.windows.net")")
    }

    /// The first label of a host, or the last segment of a path where everything is on one server.
    private static func name(at address: WebAddress) -> String {
        let segment = address.path.split(separator: "/").last.map(String.init)
        return segment ?? String(address.host.prefix { $0 != "." })
    }
}

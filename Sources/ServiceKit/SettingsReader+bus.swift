public import Settings

extension SettingsReader {
    /// How to reach the bus, from whichever form of the setting is there; a connection string wins.
    ///
    /// The other form is `NAME__fullyQualifiedNamespace`, with `NAME__credential` and `NAME__clientId`; without the last,
    /// `AZURE_CLIENT_ID` says which identity.
    /// Source: learn.microsoft.com/azure/azure-functions/functions-reference#configure-an-identity-based-connection
    ///
    /// - Throws: ``SettingsError``.
    public func connection(_ setting: Setting<BusConnection>) throws(SettingsError) -> BusConnection {
        if let text = value(of: setting) { return .key(connectionString: SecretValue(text)) }
        guard let host = value(setting.name + BusConnection.addressSuffix) else { throw .missing([setting.name]) }
        let credential = "\(setting.name)__credential"
        switch value(credential)?.lowercased() {
        case nil, "managedidentity": break
        default: throw .invalid(name: credential, expected: "managedidentity")
        }
        return .identity(
            BusIdentity(
                host: host,
                clientID: value("\(setting.name)__clientId") ?? value("AZURE_CLIENT_ID"),
                isManaged: value(credential) != nil
            )
        )
    }

    private func value(_ name: String) -> String? {
        value(of: Setting<String>(name, required: false))
    }
}

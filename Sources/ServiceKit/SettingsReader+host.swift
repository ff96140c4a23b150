public import Settings

extension SettingsReader {
    /// A setting that must be a port number.
    ///
    /// - Throws: ``SettingsError/invalid(name:expected:)`` for anything but 0 to 65535; 0 lets the system choose.
    public func port(_ setting: Setting<String>, default port: Int) throws(SettingsError) -> Int {
        guard let text = value(of: setting) else { return port }
        guard let port = Int(text), (0...65535).contains(port) else {
            throw .invalid(name: setting.name, expected: "a port number from 0 to 65535")
        }
        return port
    }
}

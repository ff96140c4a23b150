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

    /// An optional setting that must be a whole number.
    ///
    /// - Throws: ``SettingsError/invalid(name:expected:)`` for anything but a number of the range.
    public func integer(
        _ setting: Setting<Int>,
        in range: ClosedRange<Int>
    ) throws(SettingsError) -> Int? {
        guard let text = value(of: setting) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw .invalid(
                name: setting.name,
                expected: "a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    /// A setting that lists the origins of pages that may use the service; `nil` where it has no value.
    ///
    /// - Throws: ``SettingsError/invalid(name:expected:)`` for a list that holds anything else.
    public func crossOrigin(_ setting: Setting<String>) throws(SettingsError) -> CrossOriginPolicy? {
        guard let list = value(of: setting) else { return nil }
        return try CrossOriginPolicy(parsing: list, from: setting.name)
    }

    /// A setting that switches something on; off where it has no value.
    ///
    /// - Throws: ``SettingsError/invalid(name:expected:)`` for anything but `1`, `true`, `0` and `false`.
    public func flag(_ setting: Setting<Bool>) throws(SettingsError) -> Bool {
        switch value(of: setting)?.lowercased() {
        case "1", "true": return true
        case nil, "0", "false": return false
        case .some: throw .invalid(name: setting.name, expected: "1 or 0")
        }
    }
}

import Configuration
import JSONText
public import Settings
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The settings of a service, read once at start.
///
/// Three places are asked, in this order: the environment, `.env`, and the `Values` of `local.settings.json`. An empty
/// value counts as none, because that is what a pipeline passes for a secret that is not defined.
public struct SettingsReader: Sendable {
    private let sources: [@Sendable (String) -> String?]

    /// Reads from the environment and from the files in the current directory.
    ///
    /// - Throws: ``SettingsError`` when a file is there but cannot be read.
    public init() async throws {
        let environment = EnvironmentVariablesProvider()
        let file: EnvironmentVariablesProvider
        do {
            file = try await EnvironmentVariablesProvider(environmentFilePath: ".env", allowMissing: true)
        } catch {
            throw SettingsError.unreadable(file: ".env")
        }
        let values = try Self.localSettings(at: "local.settings.json")
        self.sources = [
            { try? environment.environmentValue(forName: $0) },
            { try? file.environmentValue(forName: $0) },
            { values[$0] },
        ]
    }

    /// Reads from these values alone.
    public init(values: [String: String]) {
        self.sources = [{ values[$0] }]
    }

    /// The value of an optional setting, or of one that ``require(_:)`` has found.
    public func value<Value>(of setting: Setting<Value>) -> String? {
        text(setting.name)
    }

    public func value<Value>(of setting: SecretSetting<Value>) -> SecretValue? {
        text(setting.name).map { SecretValue($0) }
    }

    /// The value of a setting that cannot be done without.
    ///
    /// - Throws: ``SettingsError/missing(_:)``.
    public func required<Value>(_ setting: SecretSetting<Value>) throws(SettingsError) -> SecretValue {
        guard let value = value(of: setting) else { throw .missing([setting.name]) }
        return value
    }

    public func required<Value>(_ setting: Setting<Value>) throws(SettingsError) -> String {
        guard let value = value(of: setting) else { throw .missing([setting.name]) }
        return value
    }

    /// Checks that every required setting of a contract has a value.
    ///
    /// - Throws: ``SettingsError/missing(_:)`` with all that have none.
    public func require(_ contract: any ServiceContract.Type) throws(SettingsError) {
        let missing = contract.settings.filter { $0.isRequired && text($0.name) == nil }.map(\.name)
        if !missing.isEmpty { throw .missing(missing) }
    }

    private func text(_ name: String) -> String? {
        for source in sources {
            if let value = source(name), !value.isEmpty { return value }
        }
        return nil
    }

    private static func localSettings(at path: String) throws(SettingsError) -> [String: String] {
        guard let data = FileManager.default.contents(atPath: path) else { return [:] }
        guard let members = try? JSON(parsing: data)["Values"]?.members else { throw .unreadable(file: path) }
        return members.reduce(into: [:]) { values, member in values[member.name] = member.value.string }
    }
}

/// Why a service cannot be configured.
public enum SettingsError: Error, Sendable, Hashable, CustomStringConvertible {
    case missing([String])
    case unreadable(file: String)
    case invalid(name: String, expected: String)

    public var description: String {
        switch self {
        case .missing(let names):
            "These settings have no value: \(names.joined(separator: ", ")). Set them in the environment or in .env."
        case .unreadable(let file): "The file '\(file)' cannot be read. Mend or remove it."
        case .invalid(let name, let expected): "\(name) must be \(expected)."
        }
    }
}

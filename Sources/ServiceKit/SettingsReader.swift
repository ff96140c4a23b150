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
/// Five places are asked for `NAME`, in this order: the environment; the file that the variable `NAME_FILE` names, as
/// images read the secrets of Compose; the folder `$CREDENTIALS_DIRECTORY`, where systemd puts credentials; `.env`;
/// and the `Values` of `local.settings.json`. An empty value counts as none, because that is what a pipeline passes
/// for a secret that is not defined.
///
/// Source: docs.docker.com/compose/how-tos/use-secrets, systemd.exec(5) under `LoadCredential=`
public struct SettingsReader: Sendable {
    private let sources: [SettingsSource]

    /// Reads from an environment, and from the files in a folder.
    ///
    /// - Parameters:
    ///   - environment: The environment of the process where it is not given.
    ///   - folder: The current directory where it is not given.
    /// - Throws: ``SettingsError`` when `.env` or `local.settings.json` is there but cannot be read.
    public init(environment: [String: String]? = nil, folder: String = ".") async throws {
        let environment = environment ?? ProcessInfo.processInfo.environment
        var sources: [SettingsSource] = [
            .values(environment),
            .namedFiles(environment),
            .credentials(folder: environment["CREDENTIALS_DIRECTORY"] ?? ""),
        ]
        // Where there is no file, finding out how to read it would be a good part of a start.
        if let file = try await Self.environmentFile(in: folder) { sources.append(.file(file)) }
        sources.append(.values(try Self.localSettings(in: folder)))
        self.sources = sources
    }

    /// Reads from these values alone.
    public init(values: [String: String]) {
        self.sources = [.values(values)]
    }

    /// The value of an optional setting, or of one that ``require(_:)`` has found.
    public func value<Value>(of setting: Setting<Value>) -> String? {
        try? text(setting.name)
    }

    public func value<Value>(of setting: SecretSetting<Value>) -> SecretValue? {
        (try? text(setting.name)).map { SecretValue($0) }
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

    /// Checks that every required setting of a contract has a value, and that every file named for one can be read.
    ///
    /// - Throws: ``SettingsError/unreadableFiles(variables:)`` or ``SettingsError/missing(_:)``, each with all it is
    ///   about.
    public func require(_ contract: any ServiceContract.Type) throws(SettingsError) {
        var missing: [String] = []
        var unreadable: [String] = []
        for setting in contract.settings {
            do throws(UnreadableFile) {
                let names = [setting.name] + (setting.identityName.map { [$0] } ?? [])
                var isThere = false
                for name in names where try text(name) != nil { isThere = true }
                if !isThere, setting.isRequired { missing.append(setting.name) }
            } catch {
                unreadable.append(error.variable)
            }
        }
        if !unreadable.isEmpty { throw .unreadableFiles(variables: unreadable) }
        if !missing.isEmpty { throw .missing(missing) }
    }

    private func text(_ name: String) throws(UnreadableFile) -> String? {
        for source in sources {
            if let value = try source.value(of: name), !value.isEmpty { return value }
        }
        return nil
    }

    private static func environmentFile(
        in folder: String
    ) async throws(SettingsError) -> EnvironmentVariablesProvider? {
        let name = ".env"
        guard FileManager.default.fileExists(atPath: "\(folder)/\(name)") else { return nil }
        do {
            return try await EnvironmentVariablesProvider(
                environmentFilePath: FilePath("\(folder)/\(name)"),
                allowMissing: true
            )
        } catch {
            throw .unreadable(file: name)
        }
    }

    private static func localSettings(in folder: String) throws(SettingsError) -> [String: String] {
        let name = "local.settings.json"
        let path = "\(folder)/\(name)"
        guard FileManager.default.fileExists(atPath: path), let data = FileManager.default.contents(atPath: path)
        else { return [:] }
        guard let members = try? JSON(parsing: data)["Values"]?.members else { throw .unreadable(file: name) }
        return members.reduce(into: [:]) { values, member in values[member.name] = member.value.string }
    }
}

/// Why a service cannot be configured.
public enum SettingsError: Error, Sendable, Hashable, CustomStringConvertible {
    case missing([String])
    case unreadable(file: String)
    /// The variables whose values name the files.
    case unreadableFiles(variables: [String])
    case invalid(name: String, expected: String)

    public var description: String {
        switch self {
        case .missing(let names):
            "These settings have no value: \(names.joined(separator: ", ")). Set them in the environment or in .env."
        case .unreadable(let file): "The file '\(file)' cannot be read. Mend or remove it."
        case .unreadableFiles(let variables):
            "These name files of settings that cannot be read: \(variables.joined(separator: ", ")). "
                + "Mend the paths, or let this process read the files."
        case .invalid(let name, let expected): "\(name) must be \(expected)."
        }
    }
}

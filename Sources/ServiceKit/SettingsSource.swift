import Configuration

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One of the places that are asked for a setting.
enum SettingsSource: Sendable {
    case values([String: String])
    /// Files that hold one value each; variables of the environment name them, `KEY_FILE` for `KEY`.
    case namedFiles([String: String])
    /// A folder with a file for each value, under the name of the setting.
    case credentials(folder: String)
    case file(EnvironmentVariablesProvider)

    func value(of name: String) throws(UnreadableFile) -> String? {
        switch self {
        case .values(let values): return values[name]
        case .file(let provider): return try? provider.environmentValue(forName: name)
        case .namedFiles(let environment):
            let variable = "\(name)_FILE"
            guard let path = environment[variable], !path.isEmpty else { return nil }
            return try Self.contents(of: path, namedBy: variable)
        case .credentials(let folder):
            // A service has those credentials that its unit loads, so a file that is not there is no mistake.
            let path = "\(folder)/\(name)"
            guard !folder.isEmpty, FileManager.default.fileExists(atPath: path) else { return nil }
            return try Self.contents(of: path, namedBy: "$CREDENTIALS_DIRECTORY/\(name)")
        }
    }

    /// The text of a file without the newline that editors end it with.
    private static func contents(of path: String, namedBy variable: String) throws(UnreadableFile) -> String {
        guard let data = FileManager.default.contents(atPath: path),
            let text = String(validating: data, as: UTF8.self)
        else { throw UnreadableFile(variable: variable) }
        return text.last?.isNewline == true ? String(text.dropLast()) : text
    }
}

/// A file that is named for a setting and gives no text; what it holds is never told.
struct UnreadableFile: Error {
    let variable: String
}

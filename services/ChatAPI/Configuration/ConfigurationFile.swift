import JSONText
import TOMLKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A file in TOML, as keys with dots and their values: `chat.max_conversation_pairs`.
///
/// Source: toml.io/en/v1.0.0
struct ConfigurationFile: Sendable, Hashable {
    /// What problems call it: its path.
    let name: String
    let values: [String: JSON]

    /// The largest file that is read, in bytes.
    private static let sizeLimit = 1 << 20

    /// Reads the text of a file.
    ///
    /// - Throws: ``ConfigurationProblem`` with the line where the text is no TOML.
    init(_ text: String, name: String) throws(ConfigurationProblem) {
        guard text.utf8.count <= Self.sizeLimit else {
            throw ConfigurationProblem(place: name, text: "is larger than \(Self.sizeLimit >> 20) MiB")
        }
        // The reader would take it for the end of the text.
        if text.utf8.contains(0) { throw ConfigurationProblem(place: name, text: "has the character U+0000") }
        do {
            let document = try JSON(parsing: TOMLTable(string: text).convert(to: .json))
            self.name = name
            self.values = Self.leaves(of: document)
        } catch let error as TOMLParseError {
            throw ConfigurationProblem(place: "\(name):\(error.source.begin.line)", text: error.description)
        } catch {
            throw ConfigurationProblem(place: name, text: "is no TOML")
        }
    }

    /// Reads a file.
    ///
    /// - Throws: ``ConfigurationProblem`` where it cannot be read.
    init(path: String) throws(ConfigurationProblem) {
        guard let data = FileManager.default.contents(atPath: path), let text = String(validating: data, as: UTF8.self)
        else { throw ConfigurationProblem(place: path, text: "cannot be read") }
        try self.init(text, name: path)
    }

    private static func leaves(of document: JSON) -> [String: JSON] {
        var values: [String: JSON] = [:]
        var pending: [(path: String, table: JSON)] = [("", document)]
        while let (path, table) = pending.popLast() {
            for member in table.members ?? [] {
                let key = path.isEmpty ? member.name : "\(path).\(member.name)"
                if member.value.members == nil {
                    values[key] = member.value
                } else {
                    pending.append((key, member.value))
                }
            }
        }
        return values
    }
}

/// One thing that is wrong with the configuration, and where.
struct ConfigurationProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// A file, with its line or key; or a variable.
    let place: String
    let text: String

    var description: String { "\(place) \(text)" }
}

/// Everything that is wrong with the configuration.
struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    let problems: [ConfigurationProblem]

    var description: String { problems.map { "\($0)." }.joined(separator: "\n") }
}

import JSONText
public import Settings

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The secrets that were made up for local use, kept so that tokens and connections outlive a restart.
public struct LocalSecrets: Sendable {
    private let path: String
    private var values: [String: SecretValue]

    /// Reads the file, or starts empty where there is none.
    ///
    /// - Throws: ``StateError/unreadable(path:)`` for a file that is no JSON object of strings.
    public init(in directory: StateDirectory) throws {
        self.path = directory.secrets
        guard let data = FileManager.default.contents(atPath: path) else {
            values = [:]
            return
        }
        guard let members = try? JSON(parsing: data).members else { throw StateError.unreadable(path: path) }
        self.values = members.reduce(into: [:]) { $0[$1.name] = $1.value.string.map { SecretValue($0) } }
    }

    /// The value for a secret; 256 random bits are made up and stored where there is none yet.
    public mutating func value(for name: String) throws -> SecretValue {
        if let value = values[name] { return value }
        let made = SecretValue(Self.random())
        values[name] = made
        let members = values.sorted { $0.key < $1.key }
            .map { JSON.Member($0.key, .string($0.value.unsafeRevealed)) }
        try writeAtomically(JSON.object(members).bytes, to: path, mode: 0o600)
        return made
    }

    /// The value for a secret, if one was made up before.
    public func existingValue(for name: String) -> SecretValue? {
        values[name]
    }

    private static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return Data(bytes).base64EncodedString()
    }
}

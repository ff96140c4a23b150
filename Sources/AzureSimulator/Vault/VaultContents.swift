import JSONText

#if canImport(FoundationEssentials)
import struct FoundationEssentials.Date
#else
import struct Foundation.Date
#endif

/// The secrets of one vault, with their versions.
struct VaultContents: Sendable {
    struct Version: Sendable {
        let id: String
        let value: String
        var contentType: String?
        var tags: JSON?
        var isEnabled: Bool
        /// Seconds since 1970, as the attributes have them.
        var notBefore: Int?
        var expires: Int?
        let createdAt: Date
        var updatedAt: Date
    }

    struct Secret: Sendable {
        let name: String
        /// The oldest first.
        var versions: [Version]
        var deletedAt: Date?
    }

    private var secrets: [String: Secret] = [:]

    subscript(name: String) -> Secret? {
        get { secrets[name.lowercased()] }
        set { secrets[name.lowercased()] = newValue }
    }

    /// The newest version of a secret that has not been deleted.
    func current(_ name: String) -> Version? {
        guard let secret = self[name], secret.deletedAt == nil else { return nil }
        return secret.versions.last
    }

    func all(areDeleted: Bool) -> [Secret] {
        secrets.values.filter { ($0.deletedAt != nil) == areDeleted }.sorted { $0.name < $1.name }
    }

    /// Adds a version.
    ///
    /// - Throws: ``Refusal`` when a deleted secret still has the name.
    mutating func add(_ version: Version, to name: String) throws(Refusal) {
        guard var secret = self[name] else {
            self[name] = Secret(name: name, versions: [version])
            return
        }
        guard secret.deletedAt == nil else {
            throw .conflict(
                "Conflict",
                "Secret \(name) is currently in a deleted but recoverable state, and its name cannot be reused."
            )
        }
        secret.versions.append(version)
        // Azure keeps them all; the simulator keeps what anybody will ask for.
        if secret.versions.count > 100 { secret.versions.removeFirst() }
        self[name] = secret
    }

    /// Forgets deleted secrets whose time is over.
    mutating func expire(before moment: Date) {
        secrets = secrets.filter { $0.value.deletedAt.map { $0 > moment } ?? true }
    }
}

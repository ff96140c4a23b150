import Azure
import JSONText
import Packaging

/// Which package an app was given last, as a tag of the app tells.
///
/// A tag and no setting: a setting would start the app anew, and belongs to the stack.
struct PackageRecord: Sendable, Hashable {
    static let tag = "slipway-package"
    private static let version = "2021-04-01"

    let digest: String
    /// What the service called it.
    let deployment: String

    init(_ package: PackageFile, deployment: String) {
        self.digest = package.digest
        self.deployment = deployment
    }

    /// Reads the record of an app; `nil` where it has none.
    init?(of document: JSON) {
        let tags = document["tags"]?.members ?? []
        let text = tags.first { $0.name.lowercased() == Self.tag }?.value.string
        let words = (text ?? "").split(separator: " ")
        guard words.count == 2, words[0].hasPrefix("sha256:") else { return nil }
        self.digest = String(words[0].dropFirst("sha256:".count))
        self.deployment = String(words[1])
    }

    /// Writes the record, and leaves the other tags of the app alone.
    ///
    /// Source: learn.microsoft.com/rest/api/resources/tags/update-at-scope
    func write(to app: ResourceIdentifier, in session: AzureSession) async throws {
        guard let tags = app.resource("Microsoft.Resources", "tags", "default") else { return }
        let body: JSON = [
            "operation": "Merge",
            "properties": ["tags": .object([JSON.Member(Self.tag, .string("sha256:\(digest) \(deployment)"))])],
        ]
        try await session.plane.patch(tags, body, apiVersion: Self.version)
    }
}

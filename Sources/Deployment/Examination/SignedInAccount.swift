import Azure
import JSONText
import Settings

#if canImport(FoundationEssentials)
import struct FoundationEssentials.Data
#else
import struct Foundation.Data
#endif

/// Who signed in, as far as the token tells.
///
/// Source: learn.microsoft.com/entra/identity-platform/access-token-claims-reference. Clients should not rely on what is
/// in tokens for others; this is for a person to read and decides nothing.
package struct SignedInAccount: Sendable, Hashable {
    /// The name of a person, or the id of an application.
    package let name: String
    /// Which of the ways to sign in it was.
    package let source: String?

    /// Reads the token of the management plane.
    ///
    /// - Throws: ``Azure/AzureError``, ``Azure/CredentialError``, `CancellationError`.
    package init(of session: AzureSession) async throws {
        let token = try await session.tokens.token(for: session.cloud.resourceManagerScope)
        let claims = Self.claims(token.value)
        let person = ["upn", "unique_name", "preferred_username"].compactMap { claims?[$0]?.string }.first
        let application = claims?["appid"]?.string.map { "the application \($0)" }
        self.name = person ?? application ?? "somebody whom the token does not name"
        self.source = session.tokens.source
    }

    private static func claims(_ token: SecretValue) -> JSON? {
        let parts = token.unsafeRevealed.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        let plain = String(parts[1]).replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - plain.count % 4) % 4)
        return Data(base64Encoded: plain + padding).flatMap { try? JSON(parsing: $0) }
    }
}

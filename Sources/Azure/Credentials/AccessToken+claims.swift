import JSONText
import Settings

#if canImport(FoundationEssentials)
import struct FoundationEssentials.Data
#else
import struct Foundation.Data
#endif

extension AccessToken {
    /// Who signed in, as far as the token tells, for people to read; nothing is decided by it.
    ///
    /// A name where a person signed in, the id of the application otherwise.
    /// Source: learn.microsoft.com/entra/identity-platform/access-token-claims-reference
    public var account: String? {
        let parts = value.unsafeRevealed.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        var text = String(parts[1]).replacing("-", with: "+").replacing("_", with: "/")
        text += String(repeating: "=", count: (4 - text.count % 4) % 4)
        guard let payload = Data(base64Encoded: text), let claims = try? JSON(parsing: payload) else { return nil }
        for name in ["upn", "unique_name", "preferred_username", "app_displayname", "appid", "azp", "oid"] {
            if let claim = claims[name]?.string, !claim.isEmpty { return claim }
        }
        return nil
    }
}

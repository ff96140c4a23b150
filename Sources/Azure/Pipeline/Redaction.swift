package import Settings
import WebFormats

/// Takes secrets out of what others have written.
///
/// Servers repeat what they were sent, most of all in errors; these end in logs and on screens.
package struct Redaction: Sendable, Hashable {
    /// Shorter texts are no secrets, and would be found everywhere.
    private static let shortest = 6

    private let secrets: [SecretValue]

    package init(_ secrets: [SecretValue] = []) {
        self.secrets = secrets.filter { $0.unsafeRevealed.utf8.count >= Self.shortest }
    }

    package func apply(to text: String) -> String {
        secrets.reduce(text) { text, secret in
            let plain = secret.unsafeRevealed
            let encoded = PercentEncoding.encode(plain)
            let once = text.replacing(plain, with: "\(secret)")
            return encoded == plain ? once : once.replacing(encoded, with: "\(secret)")
        }
    }
}

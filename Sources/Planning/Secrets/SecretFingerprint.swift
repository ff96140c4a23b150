import Crypto
import WebFormats

/// Stands for secrets where they are compared and kept: equal for equal secrets, and of no use to a reader.
///
/// The key is a secret too: without it nobody can try likely values until one fits.
/// Source: RFC 2104 (HMAC) over SHA-256 (FIPS 180-4).
package struct SecretFingerprint: Sendable {
    private static let prefix = "hmac-sha256:"

    private let key: SymmetricKey

    /// Prepares to make fingerprints.
    ///
    /// - Parameter key: Random bytes, 32 or more, that stay with the stack: a new key makes every secret look changed.
    package init(key: some Sequence<UInt8>) {
        self.key = SymmetricKey(data: Array(key))
    }

    /// The fingerprint of a parameter's value; the same value of another parameter has another one.
    package func fingerprint(of secret: String, for parameter: String) -> String {
        // The length keeps `ab` of `c` apart from `b` of `ca`.
        let message = Array("\(parameter.utf8.count):\(parameter)\(secret)".utf8)
        let code = HMAC<SHA256>.authenticationCode(for: message, using: key)
        return Self.prefix + code.hexadecimal
    }

    /// Whether a text looks like a fingerprint, so that no other text is taken for one that may be shown.
    package static func isFingerprint(_ text: String) -> Bool {
        guard text.utf8.starts(with: prefix.utf8) else { return false }
        let digits = text.utf8.dropFirst(prefix.utf8.count)
        return digits.count == 64 && digits.allSatisfy { "0123456789abcdef".utf8.contains($0) }
    }
}

extension SecretFingerprint: CustomStringConvertible, CustomReflectable {
    package var description: String { "<key>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

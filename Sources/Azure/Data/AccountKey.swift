import Crypto
import Settings

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The key of an account, ready to sign with.
struct AccountKey: Sendable {
    private let bytes: SymmetricKey

    /// Reads a key; one that is not base64 is used as it is, so that the service says that it is wrong.
    init(_ key: SecretValue) {
        let text = key.unsafeRevealed
        bytes = SymmetricKey(data: Data(base64Encoded: text) ?? Data(text.utf8))
    }

    /// The HMAC-SHA256 of a text, in base64.
    func signature(of text: String) -> String {
        Data(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: bytes)).base64EncodedString()
    }
}

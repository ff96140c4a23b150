public import Settings
import WebFormats

import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A token that proves the knowledge of a key for one resource, up to a moment.
///
/// The key is used as the bytes of its text, not base64-decoded.
/// Source: learn.microsoft.com/rest/api/eventhub/generate-sas-token
public struct SharedAccessSignature: Sendable {
    /// The value of the `Authorization` header.
    public let token: SecretValue

    /// Signs a token.
    ///
    /// - Parameters:
    ///   - resource: The address that the token opens, with all below it: `https://name.servicebus.windows.net/jobs`.
    ///   - keyName: The name of the rule that the key belongs to.
    ///   - key: The key.
    ///   - expiry: Seconds since 1970 at which the token becomes worthless.
    public init(resource: String, keyName: String, key: SecretValue, expiry: Int) {
        let address = PercentEncoding.encode(resource)
        let signature = HMAC<SHA256>.authenticationCode(
            for: Data("\(address)\n\(expiry)".utf8),
            using: SymmetricKey(data: Data(key.unsafeRevealed.utf8))
        )
        let encoded = PercentEncoding.encode(Data(signature).base64EncodedString())
        self.token = SecretValue(
            "SharedAccessSignature sr=\(address)&sig=\(encoded)&se=\(expiry)&skn=\(PercentEncoding.encode(keyName))"
        )
    }
}

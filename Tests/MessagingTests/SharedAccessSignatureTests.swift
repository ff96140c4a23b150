import Messaging
import Settings
import TestInstruments
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct SharedAccessSignatureTests {
    /// Computed with the function that Microsoft publishes for Python: hmac, sha256, base64, quote_plus.
    @Test func `a token is spelt as the service expects it`() {
        let signature = SharedAccessSignature(
            resource: "https://name.servicebus.windows.net/jobs",
            keyName: "RootManageSharedAccessKey",
            key: SecretValue("c2VjcmV0a2V5"),
            expiry: 1_767_225_600
        )
        #expect(
            signature.token.unsafeRevealed == """
                SharedAccessSignature sr=https%3A%2F%2Fname.servicebus.windows.net%2Fjobs\
                &sig=5XiIiuEkPlQQ%2FuSU1Zl9%2BRRLSeMTivWTXy0nqKYx9uI%3D&se=1767225600&skn=RootManageSharedAccessKey
                """
        )
    }

    @Test func `a token is kept until ten minutes before its end`() {
        let now = Shared(Date(timeIntervalSince1970: 1_767_225_600))
        let credential = SharedAccessCredential(keyName: "k", key: SecretValue("s")) { now.withLock { $0 } }
        let first = credential.authorization(for: "https://h/a")
        now.withLock { $0.addTimeInterval(3000 - 1) }
        #expect(credential.authorization(for: "https://h/a") == first)
        #expect(credential.authorization(for: "https://h/b") != first)
        now.withLock { $0.addTimeInterval(1) }
        let second = credential.authorization(for: "https://h/a")
        #expect(second != first)
        #expect(second.unsafeRevealed.contains("se=1767232200"))
    }
}

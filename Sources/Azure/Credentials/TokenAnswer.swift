import JSONText
import Settings

#if canImport(FoundationEssentials)
import struct FoundationEssentials.Date
#else
import struct Foundation.Date
#endif

/// Reads the documents in which tokens come.
enum TokenAnswer {
    /// Reads a token; `nil` where there is none that a header can hold.
    ///
    /// The authority tells the time by `expires_in`; managed identities by `expires_on` too, and both as text or number.
    static func token(in document: JSON?, now: Date) -> AccessToken? {
        guard let text = document?["access_token"]?.string else { return nil }
        let end = number(document?["expires_on"]).map { Date(timeIntervalSince1970: $0) }
        let span = number(document?["expires_in"]).map { now.addingTimeInterval($0) }
        return (span ?? end).flatMap { token(text, expiresAt: $0) }
    }

    static func token(_ text: String, expiresAt: Date) -> AccessToken? {
        let isPrintable = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        return isPrintable && !text.isEmpty ? AccessToken(value: SecretValue(text), expiresAt: expiresAt) : nil
    }

    static func number(_ value: JSON?) -> Double? {
        let number = value?.double ?? value?.string.flatMap(Double.init)
        return number.flatMap { $0.isFinite ? $0 : nil }
    }
}

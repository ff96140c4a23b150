import Azure
import JSONText

/// Why an image could not be sent to a registry.
public enum RegistryError: Error, Sendable, Hashable {
    /// The registry does not know who asks, or not any more.
    case unauthorized(said: String?)
    case forbidden(said: String?)
    case missing(said: String?)
    case throttled(wait: Duration?)
    case failing(status: Int, said: String?)
    case refused(status: Int, said: String?)
    case unreachable(String)
    /// The registry has, or wants, something else than it should.
    case unexpected(String)
    /// The registry sends secrets where anybody could read them.
    case untrusted(String)
    /// It came this far and no further, in however many tries.
    case stalled(blob: ContentDigest, sent: Int, of: Int, reason: String)

    /// What an answer means that is no success.
    init(_ answer: AzureResponse) {
        let said = Self.said(answer)
        self =
            switch answer.status {
            case 401: .unauthorized(said: said)
            case 403: .forbidden(said: said)
            case 404: .missing(said: said)
            case 429: .throttled(wait: answer.askedWait)
            case 500...: .failing(status: answer.status, said: said)
            default: .refused(status: answer.status, said: said)
            }
    }

    /// An answer in few words: `it answered 416, RANGE_INVALID`.
    static func summary(_ answer: AzureResponse) -> String {
        "it answered \(answer.status)" + (said(answer).map { ", \($0)" } ?? "")
    }

    /// What the registry says of the error, without what it was shown.
    ///
    /// Source: github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#error-codes
    private static func said(_ answer: AzureResponse) -> String? {
        guard let error = (try? answer.json())?["errors"]?.array?.first else { return nil }
        let words = [error["code"]?.string, error["message"]?.string].compactMap(\.self).filter { !$0.isEmpty }
        let text = answer.redaction.apply(to: words.joined(separator: ": "))
        return text.isEmpty ? nil : String(text.prefix(300))
    }

    init(_ error: AzureError) {
        switch error.reason {
        case .unreachable(let reason, let tries): self = .unreachable("\(reason), after \(tries) tries")
        case .untrusted(let origin): self = .untrusted(origin)
        case .unreadable(let reason): self = .unexpected(reason)
        case .refused, .ended, .unfinished: self = .unexpected("\(error)")
        }
    }
}

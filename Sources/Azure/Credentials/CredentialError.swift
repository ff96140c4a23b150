/// Why there is no token.
public enum CredentialError: Error, Sendable, Hashable {
    /// This source has none to give here; another may.
    case unavailable(source: String, because: String)
    /// This source is meant to be used, and was turned away.
    case refused(source: String, ServiceError)
    /// No source had a token.
    case exhausted([Attempt])

    /// What came of one source.
    public struct Attempt: Sendable, Hashable {
        public let source: String
        public let outcome: Outcome

        public enum Outcome: Sendable, Hashable {
            /// It was not asked, because of this.
            case skipped(String)
            /// It was asked in vain, because of this.
            case failed(String)
        }
    }
}

extension CredentialError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unavailable(let source, let reason): "no token from \(source): \(reason)"
        case .refused(let source, let error): "\(source) was refused: \(error)"
        case .exhausted(let attempts):
            """
            there is no way to sign in to Azure
            \(attempts.map { "  - \($0)" }.joined(separator: "\n"))
            Sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; in GitHub Actions, \
            give the job `permissions: id-token: write` and the first two.
            """
        }
    }
}

extension CredentialError.Attempt: CustomStringConvertible {
    public var description: String {
        switch outcome {
        case .skipped(let reason): "\(source): not tried, \(reason)"
        case .failed(let reason): "\(source): \(reason)"
        }
    }
}

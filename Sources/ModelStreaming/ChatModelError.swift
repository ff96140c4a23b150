/// Why a model did not answer.
///
/// No case carries text of the server that refused: such texts may repeat the key that was sent.
public enum ChatModelError: Error, Sendable, Hashable {
    /// The server does not accept the key or the identity.
    case unauthorized
    /// Too many requests, or the quota is used up; the server may say how long to wait.
    case rateLimited(retryAfter: Duration?)
    /// The server does not take this request: its HTTP status, and its word for the reason where that is harmless.
    case rejected(status: Int, code: String?)
    /// The server cannot be reached, or has a fault of its own.
    case unavailable(retryAfter: Duration?)
    /// The answer broke off after it had begun.
    case interrupted
    /// The server sent something that is not a chat completion.
    case malformed
    /// The answer is longer than the reader takes, in bytes.
    case tooLong(limit: Int)
}

extension ChatModelError {
    /// A word for programs: `rate_limited`.
    public var code: String {
        switch self {
        case .unauthorized: "model_unauthorized"
        case .rateLimited: "model_rate_limited"
        case .rejected: "model_rejected"
        case .unavailable: "model_unavailable"
        case .interrupted: "model_interrupted"
        case .malformed: "model_malformed"
        case .tooLong: "model_too_long"
        }
    }
}

extension ChatModelError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unauthorized:
            "The model server does not accept the key or the identity. Check the key, or the roles of the identity."
        case .rateLimited(let wait?):
            "The model server gets too many requests, or its quota is used up. Try again in \(wait.wholeSeconds) s."
        case .rateLimited(nil): "The model server gets too many requests, or its quota is used up. Try again later."
        case .rejected(let status, let code?): "The model server refused the request with status \(status) (\(code))."
        case .rejected(let status, nil): "The model server refused the request with status \(status)."
        case .unavailable: "The model server cannot be reached or has a fault. Try again."
        case .interrupted: "The model server broke off its answer. Try again."
        case .malformed: "The model server sent something that is not a chat completion."
        case .tooLong(let limit): "The answer is longer than \(limit / 1024) KiB."
        }
    }
}

extension Duration {
    /// The seconds, rounded up: what `Retry-After` takes.
    public var wholeSeconds: Int64 {
        components.seconds + (components.attoseconds > 0 ? 1 : 0)
    }
}

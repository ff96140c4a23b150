import HTTPTypes
import ModelStreaming
import ServiceKit

extension APIError {
    /// What a client is told when there is no answer.
    ///
    /// A fault of the model server is not one of the client: a key that it refuses is 502 here, not 401.
    init(_ end: GenerationEnd) {
        switch end {
        case .failed(let error): self.init(error)
        case .stopped, .finished:
            self.init(.serviceUnavailable, code: "stopped", message: "The answer was stopped. Try again.")
        }
    }

    init(_ error: ChatModelError) {
        self.init(error.status, code: error.code, message: error.description)
        if let wait = error.retryAfter { headers[.retryAfter] = String(max(1, wait.wholeSeconds)) }
    }
}

extension APIError {
    static let unknownGeneration = APIError(
        .notFound,
        code: "not_found",
        message: "There is no such answer, or not any more. Ask again."
    )

    static let unknownPlace = APIError(
        .badRequest,
        code: "invalid_last_event_id",
        message: "Last-Event-ID must be the id of an event of this answer, as it was sent."
    )
}

extension ChatModelError {
    var status: HTTPResponse.Status {
        switch self {
        case .rateLimited: .tooManyRequests
        case .unavailable: .serviceUnavailable
        // These two are about what the client has written.
        case .rejected(_, "content_filter"), .rejected(_, "context_length_exceeded"): .badRequest
        case .unauthorized, .rejected, .interrupted, .malformed, .tooLong: .badGateway
        }
    }

    /// When it makes sense to ask again.
    fileprivate var retryAfter: Duration? {
        switch self {
        case .rateLimited(let wait): wait ?? .seconds(10)
        case .unavailable(let wait): wait ?? .seconds(2)
        default: nil
        }
    }
}

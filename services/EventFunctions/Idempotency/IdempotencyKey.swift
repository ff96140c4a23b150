import HTTPTypes
import Hummingbird
import ServiceKit

/// The `Idempotency-Key` of a request: what the client calls this attempt, so that it may repeat it.
struct IdempotencyKey: Sendable, Hashable {
    let text: String

    /// Reads the header; `nil` where there is none.
    ///
    /// - Throws: ``APIError`` with status 400 for one that is empty or longer than keys are.
    init?(of request: Request) throws(APIError) {
        guard let text = request.headers[.idempotencyKey] else { return nil }
        guard (1...256).contains(text.utf8.count) else {
            throw APIError(
                .badRequest,
                code: "invalid_idempotency_key",
                message: "Idempotency-Key must have 1 to 256 bytes."
            )
        }
        self.text = text
    }

    private init(text: String) {
        self.text = text
    }

    /// The key of one of several things that are asked for at once.
    func part(_ index: Int) -> IdempotencyKey { IdempotencyKey(text: "\(text)/\(index)") }
}

extension HTTPField.Name {
    /// What the client calls an attempt (draft-ietf-httpapi-idempotency-key-header).
    static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .from
}

import HTTPTypes
import Hummingbird
import ServiceKit

/// The `Idempotency-Key` of a request: what the client calls this attempt, so that it may repeat it.
struct IdempotencyKey: Sendable, Hashable {
    let text: String

    /// Reads the header; `nil` where there is none.
    ///
    /// - Parameters:
    ///   - request: What the client sent.
    ///   - operation: What is asked for; the same key for something else is another key.
    /// - Throws: ``APIError`` with status 400 for one that is empty, too long, or not printable.
    init?(of request: Request, for operation: Operation) throws(APIError) {
        guard let text = request.headers[.idempotencyKey] else { return nil }
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw APIError(
                .badRequest,
                code: "invalid_idempotency_key",
                message: "Idempotency-Key must have 1 to 255 printable characters of ASCII."
            )
        }
        self.text = "\(operation)\(Self.separator)\(text)"
    }

    enum Operation { case event, events, schedule, post }

    /// What no key of a client's can hold.
    private static let separator = "\u{0}"

    private init(text: String) {
        self.text = text
    }

    /// The key of one of several things that are asked for at once.
    func part(_ index: Int) -> IdempotencyKey { IdempotencyKey(text: "\(text)\(Self.separator)\(index)") }
}

extension HTTPField.Name {
    /// What the client calls an attempt (draft-ietf-httpapi-idempotency-key-header).
    static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .from
}

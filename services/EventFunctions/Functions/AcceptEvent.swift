import ChatResponding
import Crypto
import Events
import HTTPTypes
import Hummingbird
import JSONText
import Logging
import Messaging
import ServiceKit

/// `POST /api/events`: checks an event, and answers when the broker has it on disk.
struct AcceptEvent: Sendable {
    let queue: any MessageSender

    func handle(_ request: Request, context: ServiceContext) async throws -> Response {
        let event = try await event(in: request, by: context.user)
        do {
            try await queue.send([try event.message()])
        } catch let error as MessagingError {
            throw APIError(error)
        }
        context.logger.info(
            "accepted",
            metadata: ["event": .string(event.id ?? ""), "type": .string(event.type)]
        )
        return .json(["id": .string(event.id ?? "")], status: .accepted)
    }

    private func event(in request: Request, by user: String?) async throws -> Event {
        let json = try await request.json(upTo: Event.sizeLimit)
        var event: Event
        do {
            event = try Event(json, defaultUser: user)
        } catch {
            throw APIError(
                .badRequest,
                code: "invalid_event",
                message:
                    "The event has \(error.problems.count == 1 ? "a problem" : "\(error.problems.count) problems").",
                details: error.problems.map { .init(field: $0.field, problem: $0.text) }
            )
        }
        if let user, event.userID != user {
            throw APIError(
                .forbidden,
                code: "foreign_user",
                message: "An event can be sent only for the user of the token."
            )
        }
        event.id = try id(for: event, key: request.headers[.idempotencyKey])
        return event
    }

    /// A key gives the same id to the same user each time, and the queue keeps one message of an id for a day.
    private func id(for event: Event, key: String?) throws -> String {
        guard let key else { return (0..<16).map { _ in UInt8.random(in: .min ... .max) }.hexadecimal }
        guard (1...256).contains(key.utf8.count) else {
            throw APIError(
                .badRequest,
                code: "invalid_idempotency_key",
                message: "Idempotency-Key must have 1 to 256 bytes."
            )
        }
        return SHA256.hash(data: Array("\(event.userID)\u{0}\(key)".utf8)).prefix(16).hexadecimal
    }
}

extension HTTPField.Name {
    static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .from
}

extension APIError {
    /// What a caller can do about a broker that did not take a message.
    init(_ error: MessagingError) {
        switch error {
        case .tooLarge:
            self.init(.contentTooLarge, code: "too_large", message: "The event is larger than the broker takes.")
        case .unavailable, .invalidMessage, .lockLost, .unknownEntity, .unauthorized, .unexpectedAnswer:
            self.init(
                .serviceUnavailable,
                code: "broker_unavailable",
                message: "The event was not accepted, because the broker is away. Send it again.",
                headers: [.retryAfter: "1"]
            )
        }
    }
}

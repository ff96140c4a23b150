import ChatResponding
import Events
import HTTPTypes
import Hummingbird
import JSONText
import Logging
import Messaging
import ServiceKit
import Telemetry

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Takes events from clients: checks them, gives them ids, and publishes them.
struct EventIntake: Sendable {
    /// The queue that has an event on disk before its sender is told so.
    let queue: any MessageSender
    let keys: any IdempotencyStore
    /// How much one user may send; `nil` for as much as comes.
    let limiter: RateLimiter?

    /// Publishes one event.
    ///
    /// - Parameters:
    ///   - json: The event as its sender wrote it.
    ///   - key: What the sender calls the attempt; the same key gives the same id for a day.
    ///   - context: Who sends it, in which trace.
    /// - Returns: The event's id.
    /// - Throws: ``APIError`` with all that is wrong with the event, or 413 or 503 from the broker.
    func publish(_ json: JSON, key: IdempotencyKey?, context: ServiceContext) async throws -> String {
        var event = try EventBody.event(json, sentBy: context.user)
        event.id = try await id(for: event, json: json, key: key, context: context)
        var message = try event.message()
        message.traceParent = context.trace.text
        do {
            try await queue.send([message])
        } catch let error as MessagingError {
            throw APIError(error)
        }
        return message.id
    }

    /// The id of an attempt: that of its first try, where the sender has named it.
    private func id(for event: Event, json: JSON, key: IdempotencyKey?, context: ServiceContext) async throws -> String
    {
        let candidate = RandomIdentifier.next()
        guard let key else { return candidate }
        let request = IdempotentRequest(
            user: event.userID,
            key: key.text,
            fingerprint: IdempotentRequest.fingerprint(of: [json.bytes]),
            candidate: candidate
        )
        let end = Date().addingTimeInterval(IdempotentRequest.lifetime / .seconds(1))
        switch try await context.withStores({ try await keys.remember(request, until: end) }) {
        case .new: return candidate
        case .known(let id): return id
        case .conflict(let id):
            // The contract is one message for a key, whatever is sent under it.
            context.note("idempotency_conflict", .stringConvertible(true))
            return id
        }
    }
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

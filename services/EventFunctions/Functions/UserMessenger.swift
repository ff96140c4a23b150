import Events
import JSONText
import Logging
import Messaging

/// Delivers what a user should read: posts it to the address that the operator chose, or writes it to the log.
struct UserMessenger: Sendable {
    static let messageType = "user.message"

    /// Where messages go; `nil` for the log.
    let destination: Webhook?
    let logger: Logger

    /// Delivers one event.
    ///
    /// - Throws: `RejectedMessage` for an event without a text and for one that the address will never take; another
    ///   error when the address cannot take it now, and then the event should be delivered again.
    func handle(_ event: Event, trace: String?) async throws {
        let metadata = JSON.object(event.metadata)
        var facts: Logger.Metadata = ["event": "\(event.id ?? "")", "user": "\(event.userID)"]
        if let trace { facts["traceparent"] = "\(trace)" }
        guard let text = (metadata["text"] ?? metadata["reply"])?.string else {
            throw RejectedMessage(reason: "MissingText", description: "metadata has neither text nor reply")
        }
        guard let destination else {
            facts["text"] = "\(text)"
            logger.info("message for a user", metadata: facts)
            return
        }
        try await destination.post(
            [
                "userID": .string(event.userID), "type": .string(event.type), "text": .string(text),
                "event": event.json,
            ],
            trace: trace
        )
        logger.info("delivered", metadata: facts)
    }
}

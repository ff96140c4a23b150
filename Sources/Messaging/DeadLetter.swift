/// A message that must not be tried again: the handler understood it, and it is wrong.
public struct RejectedMessage: Error, Sendable, Hashable {
    /// A word that machines compare: `MissingMessages`.
    public let reason: String
    /// A sentence for people; never the body.
    public let description: String

    public init(reason: String, description: String) {
        self.reason = reason
        self.description = description
    }

    /// The reason that Service Bus itself gives for a message that was tried too often.
    ///
    /// Source: learn.microsoft.com/azure/service-bus-messaging/service-bus-dead-letter-queues
    static func maxDeliveryCountExceeded(_ deliveries: Int, last description: String? = nil) -> RejectedMessage {
        RejectedMessage(
            reason: "MaxDeliveryCountExceeded",
            description: "the message could not be consumed in \(deliveries) deliveries"
                + (description.map { "; the last one failed with: \($0)" } ?? "")
        )
    }
}

extension RejectedMessage {
    /// The longest texts that travel with a dead letter, in characters, so that they do not make it too large.
    private static let reasonLimit = 128
    private static let descriptionLimit = 1024

    /// The names that Service Bus uses.
    package static let reasonProperty = "DeadLetterReason"
    package static let descriptionProperty = "DeadLetterErrorDescription"

    /// The properties that carry the reason.
    var properties: [String: String] {
        [
            Self.reasonProperty: String(reason.prefix(Self.reasonLimit)),
            Self.descriptionProperty: String(description.prefix(Self.descriptionLimit)),
        ]
    }
}

extension OutgoingMessage {
    /// The copy for the dead-letter queue: the same id, and the reason among its properties.
    func deadLetter(_ rejection: RejectedMessage) -> OutgoingMessage {
        var copy = self
        copy.properties.merge(rejection.properties) { _, new in new }
        copy.scheduledAt = nil
        return copy
    }
}

extension ReceivedMessage {
    func deadLetter(_ rejection: RejectedMessage) -> OutgoingMessage {
        OutgoingMessage(
            id: id,
            subject: subject,
            correlationID: correlationID,
            contentType: contentType ?? "application/octet-stream",
            body: body,
            properties: properties
        ).deadLetter(rejection)
    }
}

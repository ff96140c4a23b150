import Messaging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What an operator is told of a message; the body only where somebody asked for it.
struct MessageFacts: Sendable, Hashable {
    let id: String
    let subject: String?
    let correlationID: String?
    let enqueuedAt: Date
    let deliveries: Int
    let contentType: String?
    let size: Int
    let deadLetter: DeadLetter?
    /// The id that the message had before it was first resubmitted.
    let originalID: String?
    let body: [UInt8]?

    /// Why a message was given up.
    struct DeadLetter: Sendable, Hashable {
        let reason: String?
        let description: String?
        /// The queue or subscription that gave it up, where the broker says so.
        let source: String?
    }

    init(_ message: ReceivedMessage, showingBody: Bool = false) {
        self.id = message.id
        self.subject = message.subject
        self.correlationID = message.correlationID
        self.enqueuedAt = message.enqueuedAt
        self.deliveries = message.deliveryCount
        self.contentType = message.contentType
        self.size = message.body.count
        let reason = message.property(RejectedMessage.reasonProperty)
        let description = message.property(RejectedMessage.descriptionProperty)
        let source = message.deadLetterSource
        let isDead = reason != nil || description != nil || source != nil
        self.deadLetter = isDead ? .init(reason: reason, description: description, source: source) : nil
        self.originalID = message.property(Resubmission.originalID)
        self.body = showingBody ? message.body : nil
    }
}

extension ReceivedMessage {
    /// A property by its name; properties travel as headers, whose names have no case.
    func property(_ name: String) -> String? {
        properties[name] ?? properties.first { $0.key.lowercased() == name.lowercased() }?.value
    }
}

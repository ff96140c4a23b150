import Telemetry

#if canImport(FoundationEssentials)
public import struct FoundationEssentials.Date
#else
public import struct Foundation.Date
#endif

/// A message on its way to a queue or topic.
public struct OutgoingMessage: Sendable, Hashable {
    /// Identifies the message; a queue that deduplicates drops a second one with the same id.
    public var id: String
    /// What the message is about; subscriptions filter on it.
    public var subject: String?
    /// The id of the message that this one answers.
    public var correlationID: String?
    public var contentType: String
    public var body: [UInt8]
    /// Further facts for the receiver, such as a trace context or the reason of a dead letter.
    public var properties: [String: String]
    /// When the message becomes visible; `nil` at once.
    public var scheduledAt: Date?

    public init(
        id: String,
        subject: String? = nil,
        correlationID: String? = nil,
        contentType: String = "application/json",
        body: [UInt8],
        properties: [String: String] = [:],
        scheduledAt: Date? = nil
    ) {
        self.id = id
        self.subject = subject
        self.correlationID = correlationID
        self.contentType = contentType
        self.body = body
        self.properties = properties
        self.scheduledAt = scheduledAt
    }
}

/// A message in the hands of one consumer, locked until it is settled or the lock runs out.
public struct ReceivedMessage: Sendable, Hashable {
    public var id: String
    public var subject: String?
    public var correlationID: String?
    public var contentType: String?
    public var body: [UInt8]
    public var properties: [String: String]
    /// How often the message has been handed out, this time included.
    public var deliveryCount: Int
    public var enqueuedAt: Date
    public var lockedUntil: Date
    public var lock: MessageLock
    /// The queue or subscription that gave the message up, where the broker says so.
    public var deadLetterSource: String?
    /// Where in its trace the message is being handled.
    var place: TraceParent?

    public init(
        id: String,
        subject: String?,
        correlationID: String?,
        contentType: String?,
        body: [UInt8],
        properties: [String: String],
        deliveryCount: Int,
        enqueuedAt: Date,
        lockedUntil: Date,
        lock: MessageLock,
        deadLetterSource: String? = nil
    ) {
        self.id = id
        self.subject = subject
        self.correlationID = correlationID
        self.contentType = contentType
        self.body = body
        self.properties = properties
        self.deliveryCount = deliveryCount
        self.enqueuedAt = enqueuedAt
        self.lockedUntil = lockedUntil
        self.lock = lock
        self.deadLetterSource = deadLetterSource
    }
}

/// The right to settle one received message; opaque to all but the queue that gave it.
public struct MessageLock: Sendable, Hashable {
    public let token: String

    public init(token: String) {
        self.token = token
    }
}

import JSONText

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A message as a sender gave it.
struct BrokerMessage: Sendable, Hashable {
    var id: String
    var subject: String?
    /// The broker properties that the receiver gets back as they came, `MessageId` and `Label` among them.
    var broker: [JSON.Member]
    /// The custom properties: names, and values as JSON.
    var properties: [JSON.Member] = []
    var contentType: String?
    var body: Data
    var scheduledAt: Date?
    /// In seconds; `nil` for as long as the destination keeps it.
    var timeToLive: Double?

    /// The bytes that count against the limit.
    var size: Int {
        let texts = (broker + properties).reduce(0) { $0 + $1.name.utf8.count + ($1.value.string?.utf8.count ?? 8) }
        return body.count + texts + (contentType?.utf8.count ?? 0)
    }
}

/// A message in the hands of a receiver.
struct Delivery: Sendable, Hashable {
    let sequence: Int64
    /// The path of the mailbox that it was taken from.
    let path: String
    /// The broker properties that came with it, a JSON object of ASCII.
    let broker: String
    let properties: [JSON.Member]
    let contentType: String?
    let body: Data
    let enqueuedAt: Date
    /// When it dies; `nil` for never.
    let expiresAt: Date?
    let deliveryCount: Int
    let custody: Custody

    /// Who has the message besides its receiver.
    enum Custody: Sendable, Hashable {
        /// The broker, until the receiver settles it or the lock ends.
        case locked(LockReference, until: Date)
        /// Nobody: it is gone from the disk.
        case removed
    }
}

/// How a message is received.
enum ReceiveMode: Sendable, Hashable {
    case peekLock
    case receiveAndDelete
}

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
    let broker: [JSON.Member]
    let properties: [JSON.Member]
    let contentType: String?
    let body: Data
    let enqueuedAt: Date
    let deliveryCount: Int
    let lock: LockReference
    let lockedUntil: Date
}

/// What the holder of a lock names it by.
struct LockReference: Sendable, Hashable {
    let sequence: Int64
    let token: String
}

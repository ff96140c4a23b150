import JSONText
import NIOHTTP1
import WebFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How a message is read from an answer of the HTTP interface of Service Bus.
///
/// Source: learn.microsoft.com/rest/api/servicebus/peek-lock-message-non-destructive-read
extension ReceivedMessage {
    /// Reads the headers and the body of an answer; `nil` where it names no lock.
    init?(headers: HTTPHeaders, body: [UInt8], now: Date) {
        guard let location = headers.first(name: "Location"),
            let text = headers.first(name: "BrokerProperties"),
            let broker = try? JSON(parsing: text)
        else { return nil }
        func date(_ name: String) -> Date? {
            broker[name]?.string.flatMap(HTTPDate.init(parsing:))?.date
        }
        self.init(
            id: broker["MessageId"]?.string ?? "",
            subject: broker["Label"]?.string,
            correlationID: broker["CorrelationId"]?.string,
            contentType: headers.first(name: "Content-Type"),
            body: body,
            properties: Self.properties(headers),
            deliveryCount: broker["DeliveryCount"]?.integer ?? 1,
            enqueuedAt: date("EnqueuedTimeUtc") ?? now,
            lockedUntil: date("LockedUntilUtc") ?? now,
            lock: MessageLock(token: location),
            deadLetterSource: broker["DeadLetterSource"]?.string
        )
    }

    /// The custom properties: every header that HTTP does not know, and whose value is quoted.
    private static func properties(_ headers: HTTPHeaders) -> [String: String] {
        var properties: [String: String] = [:]
        for (name, value) in headers where !PropertyCoding.reserved.contains(name.lowercased()) {
            guard let text = unquoted(value) else { continue }
            properties[PropertyCoding.decode(name: name)] = PropertyCoding.decode(value: text)
        }
        return properties
    }

    private static func unquoted(_ value: String) -> String? {
        guard value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") else { return nil }
        // Other clients may escape as JSON does, or not at all.
        return (try? JSON(parsing: value))?.string ?? String(value.dropFirst().dropLast())
    }
}

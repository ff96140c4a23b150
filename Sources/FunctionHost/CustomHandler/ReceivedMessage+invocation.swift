import JSONText
import Messaging
import ServiceKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ReceivedMessage {
    /// The message that a Service Bus trigger carries.
    ///
    /// Names of the metadata are those of extension 4, then those of extension 5. The lock is the host's, which renews
    /// it and settles the message by the answer.
    /// Source: learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger#message-metadata
    init(_ invocation: Invocation, now: Date) {
        let contentType = invocation.fact("ContentType")?.invocationText
        self.init(
            // A sender need not name its message, but its number in the queue stays the same at each delivery.
            id: invocation.fact("MessageId", "SequenceNumber")?.invocationText ?? "",
            subject: invocation.fact("Label", "Subject")?.invocationText,
            correlationID: invocation.fact("CorrelationId")?.invocationText,
            contentType: contentType,
            body: invocation.trigger.messageBody(contentType: contentType),
            properties: Self.properties(invocation.fact("UserProperties", "ApplicationProperties")),
            deliveryCount: invocation.fact("DeliveryCount")?.invocationText.flatMap { Int($0) } ?? 1,
            enqueuedAt: invocation.fact("EnqueuedTimeUtc", "EnqueuedTime")?.invocationDate ?? now,
            lockedUntil: invocation.fact("LockedUntilUtc", "LockedUntil")?.invocationDate ?? .distantFuture,
            lock: MessageLock(token: invocation.fact("LockToken")?.invocationText ?? "")
        )
    }

    /// Messages that were sent over HTTP carry their properties in a spelling that headers allow.
    private static func properties(_ value: JSON?) -> [String: String] {
        (value?.invocationMembers ?? []).reduce(into: [:]) { properties, member in
            guard member.value != .null else { return }
            let text = member.value.string.map(PropertyCoding.decode(value:)) ?? member.value.text
            properties[PropertyCoding.decode(name: member.name)] = text
        }
    }
}

extension JSON {
    /// The bytes of a message's body.
    ///
    /// An object was parsed by the host; its members and digits are as they were, its white space is gone. A string in a
    /// string is the body as it was. Bytes are base64 where the content type says that they are no text.
    fileprivate func messageBody(contentType: String?) -> [UInt8] {
        switch self {
        case .null: []
        case .bool, .number, .array, .object: bytes
        case .string(let text):
            if text.hasPrefix("\""), let inner = (try? JSON(parsing: text))?.string {
                Array(inner.utf8)
            } else if contentType == "application/octet-stream", let data = Data(base64Encoded: text) {
                Array(data)
            } else {
                Array(text.utf8)
            }
        }
    }

    /// A moment as the host writes it: without a zone when it means UTC, with or without a fraction of a second.
    var invocationDate: Date? {
        guard let text = invocationText, text.utf8.count >= 19, text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        let seconds = text.prefix(19)
        let rest = text.dropFirst(19).drop { $0 == "." || $0.isNumber }
        return try? Date(seconds + (rest.isEmpty ? "Z" : rest), strategy: .iso8601)
    }
}

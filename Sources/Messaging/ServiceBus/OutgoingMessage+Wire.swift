import JSONText
import WebFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How a message is written to the HTTP interface of Service Bus.
///
/// Source: learn.microsoft.com/rest/api/servicebus/message-headers-and-properties
extension OutgoingMessage {
    /// The members of the `BrokerProperties` header.
    var brokerProperties: [JSON.Member] {
        var members = [JSON.Member("MessageId", .string(id))]
        if let subject { members.append(.init("Label", .string(subject))) }
        if let correlationID { members.append(.init("CorrelationId", .string(correlationID))) }
        if let scheduledAt {
            members.append(.init("ScheduledEnqueueTimeUtc", .string(HTTPDate(notBefore: scheduledAt).text)))
        }
        return members
    }

    /// The message as an element of a batch.
    ///
    /// A body that is text goes as it is, so that it stays legible; any other goes as base64 and says so. The content
    /// type is among the broker properties because a batch has no other place for it; a broker may drop it.
    /// Source: learn.microsoft.com/rest/api/servicebus/send-message-batch
    var batchElement: JSON {
        var members: [JSON.Member] = []
        if let text = String(validating: body, as: UTF8.self) {
            members.append(.init("Body", .string(text)))
        } else {
            members.append(.init("Body", .string(Data(body).base64EncodedString())))
            members.append(.init("IsBodyBase64", true))
        }
        members.append(
            .init("BrokerProperties", .object(brokerProperties + [.init("ContentType", .string(contentType))]))
        )
        if !properties.isEmpty {
            let properties = PropertyCoding.encode(properties).map { JSON.Member($0.name, .string($0.value)) }
            members.append(.init("UserProperties", .object(properties)))
        }
        return .object(members)
    }
}

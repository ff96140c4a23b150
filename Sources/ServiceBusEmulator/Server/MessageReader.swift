import HTTPTypes
import JSONText
import Messaging
import WebFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Why a request is not understood, in a sentence for the one who sent it.
struct BadRequest: Error, Sendable, Hashable {
    let reason: String
}

/// Reads messages from requests.
///
/// Source: learn.microsoft.com/rest/api/servicebus/message-headers-and-properties
enum MessageReader {
    static let batchType = "application/vnd.microsoft.servicebus.json"

    /// The broker properties that a receiver gets back as they were sent.
    private static let texts = [
        "CorrelationId", "SessionId", "PartitionKey", "ViaPartitionKey", "ReplyTo", "ReplyToSessionId", "To",
    ]

    /// Reads the messages of a send request.
    ///
    /// - Throws: ``BadRequest``.
    static func messages(_ headers: HTTPFields, body: Data) throws(BadRequest) -> [BrokerMessage] {
        let type = headers[.contentType]
        if let type, type.lowercased().hasPrefix(batchType) {
            guard type.lowercased() == batchType else {
                throw BadRequest(reason: "the content type of a batch takes no parameters")
            }
            return try batch(body)
        }
        var message = try message(broker: brokerProperties(headers))
        message.contentType = type
        message.body = body
        message.properties = properties(headers)
        return [message]
    }

    // MARK: One message

    private static func brokerProperties(_ headers: HTTPFields) throws(BadRequest) -> JSON {
        guard let text = brokerPropertiesName.flatMap({ headers[$0] }) else { return .object([]) }
        do {
            return try JSON(parsing: text)
        } catch {
            throw BadRequest(reason: "BrokerProperties is not JSON: \(error)")
        }
    }

    private static func message(broker json: JSON) throws(BadRequest) -> BrokerMessage {
        guard json.members != nil else { throw BadRequest(reason: "BrokerProperties is \(json.kind), not an object") }
        let id = try text("MessageId", json) ?? UUID().uuidString.lowercased()
        guard (1...MessageLimits.idCharacters).contains(id.count) else {
            throw BadRequest(reason: "MessageId does not have 1 to \(MessageLimits.idCharacters) characters")
        }
        let subject = try text("Label", json)
        var broker = [JSON.Member("MessageId", .string(id))]
        if let subject { broker.append(.init("Label", .string(subject))) }
        for name in texts {
            if let text = try text(name, json) { broker.append(.init(name, .string(text))) }
        }
        if let session = try text("SessionId", json), let partition = try text("PartitionKey", json) {
            guard session == partition else { throw BadRequest(reason: "SessionId and PartitionKey differ") }
        }
        var message = BrokerMessage(id: id, subject: subject, broker: broker, body: Data())
        message.timeToLive = try timeToLive(json)
        message.scheduledAt = try scheduledTime(json)
        return message
    }

    private static func text(_ name: String, _ json: JSON) throws(BadRequest) -> String? {
        switch json[name] {
        case nil, .null: return nil
        case .string(let text): return text
        case let other?: throw BadRequest(reason: "\(name) is \(other.kind), not a string")
        }
    }

    private static func timeToLive(_ json: JSON) throws(BadRequest) -> Double? {
        if let text = try text("TimeToLiveTimeSpan", json) {
            guard let span = TimeSpan(parsing: text) else { throw BadRequest(reason: "TimeToLiveTimeSpan is no span") }
            return span.seconds
        }
        guard let value = json["TimeToLive"], value != .null else { return nil }
        // Some clients write all values as texts.
        guard let seconds = value.double ?? value.string.flatMap(Double.init), seconds > 0 else {
            throw BadRequest(reason: "TimeToLive is no positive number of seconds")
        }
        // The longest span means no limit.
        return seconds >= TimeSpan.longest ? nil : seconds
    }

    private static func scheduledTime(_ json: JSON) throws(BadRequest) -> Date? {
        guard let text = try text("ScheduledEnqueueTimeUtc", json) else { return nil }
        guard let date = HTTPDate(parsing: text) else {
            throw BadRequest(reason: "ScheduledEnqueueTimeUtc is no date such as 'Sun, 06 Nov 1994 08:49:37 GMT'")
        }
        return date.date
    }

    /// The custom properties: headers that HTTP does not know, and whose value is a JSON text, number or boolean.
    private static func properties(_ headers: HTTPFields) -> [JSON.Member] {
        var properties: [JSON.Member] = []
        var names: Set<String> = []
        for field in headers where !PropertyCoding.reserved.contains(field.name.canonicalName) {
            guard let value = scalar(field.value), names.insert(field.name.canonicalName).inserted else { continue }
            properties.append(.init(field.name.rawName, value))
        }
        return properties
    }

    private static func scalar(_ text: String) -> JSON? {
        // Other clients quote without escaping.
        let isQuoted = text.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"")
        guard let value = try? JSON(parsing: text) else {
            return isQuoted ? .string(String(text.dropFirst().dropLast())) : nil
        }
        switch value {
        case .string, .number, .bool: return value
        case .null, .array, .object: return nil
        }
    }

    // MARK: A batch

    private static func batch(_ body: Data) throws(BadRequest) -> [BrokerMessage] {
        let json: JSON
        do {
            json = try JSON(parsing: body)
        } catch {
            throw BadRequest(reason: "the batch is not JSON: \(error)")
        }
        guard let elements = json.array, (1...MessageLimits.batchMessages).contains(elements.count) else {
            throw BadRequest(reason: "a batch is an array of 1 to \(MessageLimits.batchMessages) messages")
        }
        var messages: [BrokerMessage] = []
        for element in elements { messages.append(try message(element: element)) }
        return messages
    }

    private static func message(element: JSON) throws(BadRequest) -> BrokerMessage {
        guard let body = element["Body"]?.string else { throw BadRequest(reason: "a message has no Body of text") }
        let broker = element["BrokerProperties"] ?? .object([])
        var message = try message(broker: broker)
        message.contentType = try text("ContentType", broker)
        if element["IsBodyBase64"]?.bool == true {
            guard let bytes = Data(base64Encoded: body) else { throw BadRequest(reason: "a Body is not base64") }
            message.body = bytes
        } else {
            message.body = Data(body.utf8)
        }
        message.properties = try properties(element["UserProperties"])
        return message
    }

    private static func properties(_ json: JSON?) throws(BadRequest) -> [JSON.Member] {
        guard let json, json != .null else { return [] }
        guard let members = json.members else { throw BadRequest(reason: "UserProperties is no object") }
        var names: Set<String> = []
        for member in members {
            // They come back as headers.
            guard let name = HTTPField.Name(member.name), !PropertyCoding.reserved.contains(name.canonicalName),
                names.insert(name.canonicalName).inserted
            else { throw BadRequest(reason: "a user property cannot be called '\(member.name)'") }
            switch member.value {
            case .string, .number, .bool: break
            case .null, .array, .object:
                throw BadRequest(reason: "the user property '\(member.name)' is \(member.value.kind)")
            }
        }
        return members
    }
}

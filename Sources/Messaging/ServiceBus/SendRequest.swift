import AsyncHTTPClient
import JSONText
import NIOCore
import NIOHTTP1

/// One request that sends a message, or a batch of them.
struct SendRequest: Sendable, Hashable {
    static let batchType = "application/vnd.microsoft.servicebus.json"

    let headers: [Header]
    let body: [UInt8]

    struct Header: Sendable, Hashable {
        let name: String
        let value: String
    }

    /// The requests for these messages, in their order, each within the limits of the broker.
    static func requests(for messages: [OutgoingMessage]) -> [SendRequest] {
        // One alone, the usual case, is never written as an element of a batch.
        if messages.count == 1 { return [single(messages[0])] }
        var requests: [SendRequest] = []
        var batch = Batch()
        for message in messages {
            let element = message.batchElement.bytes
            if !batch.hasRoom(for: element) {
                requests.append(batch.request())
                batch = Batch()
            }
            batch.append(message, element)
        }
        if !batch.isEmpty { requests.append(batch.request()) }
        return requests
    }

    private static func single(_ message: OutgoingMessage) -> SendRequest {
        // A header holds ASCII only.
        let broker = Header(name: "BrokerProperties", value: JSON.object(message.brokerProperties).asciiText)
        let properties = PropertyCoding.encode(message.properties).map { property in
            Header(name: property.name, value: "\"\(property.value)\"")
        }
        let contentType = Header(name: "Content-Type", value: message.contentType)
        return SendRequest(headers: [contentType, broker] + properties, body: message.body)
    }

    /// Messages that travel together; one alone does so in the form for single messages, which takes larger bodies.
    private struct Batch {
        private var first: OutgoingMessage?
        private var count = 0
        private var body: [UInt8] = [UInt8(ascii: "[")]

        var isEmpty: Bool { count == 0 }

        func hasRoom(for element: [UInt8]) -> Bool {
            // A comma and a bracket are two bytes more.
            isEmpty
                || count < MessageLimits.batchMessages && body.count + element.count + 2 <= MessageLimits.messageBytes
        }

        mutating func append(_ message: OutgoingMessage, _ element: [UInt8]) {
            if isEmpty { first = message } else { body.append(UInt8(ascii: ",")) }
            body += element
            count += 1
        }

        consuming func request() -> SendRequest {
            if count == 1, let first { return .single(first) }
            let type = Header(name: "Content-Type", value: SendRequest.batchType)
            body.append(UInt8(ascii: "]"))
            return SendRequest(headers: [type], body: body)
        }
    }
}

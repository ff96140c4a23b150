import HTTPTypes
import Hummingbird
import JSONText
import Messaging
import Synchronization
import WebFormats

/// How a message is written into an answer.
///
/// Source: learn.microsoft.com/rest/api/servicebus/peek-lock-message-non-destructive-read
extension Delivery {
    /// The headers: the broker properties, the custom ones, and where to settle the message.
    func headers(authority: String) -> HTTPFields {
        var headers = HTTPFields()
        for property in properties {
            // Strings are quoted and beyond ASCII escaped, so that no value can end its header.
            guard let name = HTTPField.Name(property.name) else { continue }
            headers[name] = property.value.asciiText
        }
        if let contentType { headers[.contentType] = contentType }
        if let brokerPropertiesName { headers[brokerPropertiesName] = brokerProperties }
        if case .locked(let lock, _) = custody {
            headers[.location] = "http://\(authority)/\(path)/messages/\(sequence)/\(lock.token)"
        }
        return headers
    }

    /// What the sender said, and after it what the broker knows; neither needs to be read for that.
    private var brokerProperties: String {
        var text = broker
        text.removeLast()
        if text != "{" { text += "," }
        text += #""DeliveryCount":\#(deliveryCount),"EnqueuedSequenceNumber":0"#
        text += #","EnqueuedTimeUtc":"\#(HTTPDate(enqueuedAt).text)""#
        if case .locked(let lock, let until) = custody {
            text += #","LockToken":"\#(lock.token)","LockedUntilUtc":"\#(HTTPDate(until).text)""#
        }
        text += #","SequenceNumber":\#(sequence),"State":"Active""#
        if expiresAt == nil { text += #","TimeToLive":922337203685.47754"# }
        return text + "}"
    }
}

/// The header that holds what the broker and a message's sender say about it.
let brokerPropertiesName = HTTPField.Name("BrokerProperties")

/// A message on its way to a client, which the broker takes back unless the answer was written.
///
/// Whatever drops the answer, a closed connection or a server that stops, drops the last reference to this too.
final class Handover: Sendable {
    private let delivery: Delivery
    private let broker: Broker
    private let isDone = Mutex(false)

    init(_ delivery: Delivery, from broker: Broker) {
        self.delivery = delivery
        self.broker = broker
    }

    func done() {
        isDone.withLock { $0 = true }
    }

    deinit {
        if !isDone.withLock({ $0 }) { broker.takeBack(delivery) }
    }

    /// The answer with the message.
    func response(authority: String) -> Response {
        let bytes = ByteBuffer(bytes: delivery.body)
        let isRemoved = delivery.custody == .removed
        let body = ResponseBody(contentLength: bytes.readableBytes) { writer in
            // What is received at most once is not put back when its receiver may have it; what is locked may come
            // twice, and so is the broker's until all of it is written.
            if isRemoved { self.done() }
            if bytes.readableBytes > 0 { try await writer.write(bytes) }
            try await writer.finish(nil)
            self.done()
        }
        let headers = delivery.headers(authority: authority)
        return Response(status: isRemoved ? .ok : .created, headers: headers, body: body)
    }
}

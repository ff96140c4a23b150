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
        if let name = HTTPField.Name("BrokerProperties") { headers[name] = JSON.object(brokerProperties).asciiText }
        headers[.location] = "http://\(authority)/\(path)/messages/\(sequence)/\(lock.token)"
        return headers
    }

    private var brokerProperties: [JSON.Member] {
        let received: [JSON.Member] = [
            .init("DeliveryCount", JSON(deliveryCount)),
            .init("EnqueuedSequenceNumber", 0),
            .init("EnqueuedTimeUtc", .string(HTTPDate(enqueuedAt).text)),
            .init("LockToken", .string(lock.token)),
            .init("LockedUntilUtc", .string(HTTPDate(lockedUntil).text)),
            .init("SequenceNumber", .number(String(sequence))),
            .init("State", "Active"),
        ]
        let lives = broker.contains { $0.name == "TimeToLive" }
        return broker + received + (lives ? [] : [.init("TimeToLive", .number("922337203685.47754"))])
    }
}

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
        let body = ResponseBody(contentLength: bytes.readableBytes) { writer in
            if bytes.readableBytes > 0 { try await writer.write(bytes) }
            try await writer.finish(nil)
            self.done()
        }
        return Response(status: .created, headers: delivery.headers(authority: authority), body: body)
    }
}

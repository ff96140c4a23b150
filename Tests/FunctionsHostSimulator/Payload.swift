import Foundation
import JSONText
import Messaging

/// What the host sends to `POST /{functionName}`.
struct Payload {
    let encoding: PayloadEncoding

    /// A message, with the metadata of a Service Bus trigger.
    ///
    /// Source: learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger#message-metadata
    func message(_ message: ReceivedMessage, input: String, function: String) -> JSON {
        let properties = PropertyCoding.encode(message.properties)
            .map { JSON.Member($0.name, .string($0.value)) }
        let names: (subject: String, properties: String, enqueued: String) =
            switch encoding {
            case .asCoded: ("Subject", "ApplicationProperties", "EnqueuedTime")
            case .asDocumented: ("Label", "UserProperties", "EnqueuedTimeUtc")
            }
        func text(_ text: String?) -> JSON? { text.map { encoding.value(.string($0)) } }
        let body = String(decoding: message.body, as: UTF8.self)
        return payload(
            data: [.init(input, encoding.value(.string(body)))],
            metadata: .compact([
                "MessageId": text(message.id), names.subject: text(message.subject),
                "CorrelationId": text(message.correlationID), "ContentType": text(message.contentType),
                "DeliveryCount": encoding.value(JSON(message.deliveryCount)),
                names.enqueued: encoding.value(message.enqueuedAt), "LockToken": text(UUID().uuidString),
                "SequenceNumber": encoding.value(1), names.properties: .object(properties),
            ]),
            function: function
        )
    }

    /// A timer that rings.
    func timer(input: String, isPastDue: Bool, function: String) -> JSON {
        let timer: JSON = [
            "Schedule": ["AdjustForDST": true], "ScheduleStatus": nil, "IsPastDue": .bool(isPastDue),
        ]
        return payload(data: [.init(input, timer)], metadata: [:], function: function)
    }

    /// A request, for hosts that do not proxy.
    func request(_ request: SimulatedRequest, parameters: [JSON.Member], input: String, function: String) -> JSON {
        let headers = Dictionary(grouping: request.headers) { $0.name }.sorted { $0.key < $1.key }
            .map { JSON.Member($0.key, .array($0.value.map { .string($0.value) })) }
        let query: JSON =
            switch encoding {
            case .asCoded: [:]
            case .asDocumented: "{}"
            }
        let value: JSON = .compact([
            "Url": .string("http://localhost:7071\(request.path)"), "Method": .string(request.method), "Query": query,
            "Headers": .object(headers), "Params": .object(parameters), "Identities": [],
            "Body": request.body.isEmpty ? nil : .string(String(decoding: request.body, as: UTF8.self)),
        ])
        return payload(data: [.init(input, value)], metadata: [:], function: function)
    }

    private func payload(data: [JSON.Member], metadata: JSON, function: String) -> JSON {
        let system: JSON = [
            "MethodName": .string(function), "UtcNow": encoding.value(Date()), "RandGuid": .string(UUID().uuidString),
        ]
        let metadata = (metadata.members ?? []) + [.init("sys", system)]
        return ["Data": .object(data), "Metadata": .object(metadata)]
    }
}

import Telemetry
import Tracing

extension ReceivedMessage {
    /// Handles the message as a part of the trace that it was sent from.
    ///
    /// The handler is given the message with its own place in the trace: what it sends or logs under that place is told
    /// apart from what the sender did. Where nobody collects spans the place is told all the same, and no span is made.
    /// Source: opentelemetry.io/docs/specs/semconv/messaging/messaging-spans
    func handled(by handler: MessagePump.Handler) async throws {
        let cause = traceParent.flatMap(TraceParent.init(parsing:))
        var message = self
        guard let recorder = InstrumentationSystem.recorder else {
            message.place = cause?.child ?? TraceParent()
            return try await handler(message)
        }
        let span = recorder.startSpan("process", context: .continuing(cause), ofKind: .consumer)
        defer { span.end() }
        span.updateAttributes { attributes in
            attributes["messaging.operation.name"] = "process"
            attributes["messaging.operation.type"] = "process"
            attributes["messaging.message.id"] = id
            attributes["messaging.message.body.size"] = body.count
            attributes["messaging.message.delivery_count"] = deliveryCount
        }
        message.place = span.context.trace
        do {
            try await InstrumentationContext.$current.withValue(span.context) { [message] in try await handler(message)
            }
        } catch {
            span.recordError(error)
            span.setStatus(SpanStatus(code: .error))
            throw error
        }
    }
}

/// Sends messages as parts of the traces that they belong to.
///
/// A message goes on with the trace that it names, or else with that of the work that sends it. Where nobody collects
/// spans it is sent as it is.
/// Source: opentelemetry.io/docs/specs/semconv/messaging/messaging-spans
public struct TracedSender: MessageSender {
    private let sender: any MessageSender
    private let destination: String

    /// Describes a sender.
    ///
    /// - Parameters:
    ///   - sender: Does the sending.
    ///   - destination: The name of the queue or topic.
    public init(_ sender: any MessageSender, to destination: String) {
        self.sender = sender
        self.destination = destination
    }

    public func send(_ messages: [OutgoingMessage]) async throws {
        guard let recorder = InstrumentationSystem.recorder else { return try await sender.send(messages) }
        let spans = messages.map { span(for: $0, by: recorder) }
        defer { for span in spans { span.end() } }
        var traced = messages
        for index in traced.indices { traced[index].traceParent = spans[index].context.trace?.text }
        do {
            try await sender.send(traced)
        } catch {
            for span in spans {
                span.recordError(error)
                span.setStatus(SpanStatus(code: .error))
            }
            throw error
        }
    }

    private func span(for message: OutgoingMessage, by recorder: SpanTracer) -> RecordedSpan {
        let cause = message.traceParent.flatMap(TraceParent.init(parsing:)) ?? InstrumentationContext.current?.trace
        let span = recorder.startSpan("send \(destination)", context: .continuing(cause), ofKind: .producer)
        span.updateAttributes { attributes in
            attributes["messaging.operation.name"] = "send"
            attributes["messaging.operation.type"] = "send"
            attributes["messaging.destination.name"] = destination
            attributes["messaging.message.id"] = message.id
            attributes["messaging.message.body.size"] = message.body.count
        }
        return span
    }
}

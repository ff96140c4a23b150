import Telemetry

/// The trace that a message belongs to, as `traceparent` of W3C Trace Context.
///
/// The SDKs of Service Bus carry it under the same name.
/// Source: learn.microsoft.com/azure/service-bus-messaging/service-bus-end-to-end-tracing
private let traceProperty = "Diagnostic-Id"

extension OutgoingMessage {
    /// The place in a trace that the message is sent from: `00-<trace>-<span>-01`.
    public var traceParent: String? {
        get { properties[traceProperty] }
        set { properties[traceProperty] = newValue }
    }
}

extension ReceivedMessage {
    /// The place in a trace that the message was sent from: `00-<trace>-<span>-01`.
    ///
    /// A handler finds its own place there, which goes on from that.
    public var traceParent: String? { place?.text ?? properties[traceProperty] }
}

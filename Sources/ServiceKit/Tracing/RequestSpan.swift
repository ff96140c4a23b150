import HTTPTypes
import Hummingbird
import Telemetry
import Tracing

/// The span of a request: from its arrival to the last byte of its answer.
///
/// It holds no query and no header, because these are where clients put keys.
/// Source: opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server
struct RequestSpan: Sendable {
    let span: RecordedSpan
    private let method: String

    /// Begins a span; `nil` where nobody collects them.
    init?(_ request: Request, after caller: TraceParent?) {
        guard let recorder = InstrumentationSystem.recorder else { return nil }
        let isKnown = AllowedMethods.all.contains(request.method)
        method = isKnown ? request.method.rawValue : "HTTP"
        span = recorder.startSpan(method, context: .continuing(caller), ofKind: .server)
        span.updateAttributes { attributes in
            attributes["http.request.method"] = isKnown ? request.method.rawValue : "_OTHER"
            attributes["url.path"] = String(request.uri.path.prefix(256))
            attributes["url.scheme"] = "http"
        }
    }

    /// Notes what was answered, and ends the span with the answer.
    func end(with response: inout Response, route: String?) {
        let status = Int(response.status.code)
        if let route { span.operationName = "\(method) \(route)" }
        span.updateAttributes { attributes in
            attributes["http.route"] = route
            attributes["http.response.status_code"] = status
            if status >= 500 { attributes["error.type"] = String(status) }
        }
        if status >= 500 { span.setStatus(SpanStatus(code: .error)) }
        let span = span
        response.whenEnded { span.end() }
    }
}

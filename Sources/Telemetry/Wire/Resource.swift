/// Who sends spans and measurements.
///
/// Source: opentelemetry.io/docs/specs/semconv/resource
struct Resource: Sendable {
    /// Facts by their names; each name once.
    let attributes: [(String, String)]

    init(_ attributes: [String: String]) {
        self.attributes = attributes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The name under which the code that records is known; resources hold the version.
    static let scope = "slipway"

    /// One request that carries what a resource has to say.
    ///
    /// Traces and metrics have the same frame: `ResourceSpans` and `ResourceMetrics`, `ScopeSpans` and `ScopeMetrics`.
    /// Source: github.com/open-telemetry/opentelemetry-proto, trace.proto and metrics.proto
    ///
    /// - Parameter items: Messages of spans or of metrics.
    /// - Returns: The body of the request.
    func request(of items: some Sequence<[UInt8]>) -> [UInt8] {
        var request = ProtobufWriter()
        request.message(1) { resource in
            resource.message(1) { $0.attributes(1, attributes) }
            resource.message(2) { scope in
                scope.message(1) { $0.text(1, Self.scope) }
                for item in items { scope.counted(2, item) }
            }
        }
        return request.bytes
    }
}

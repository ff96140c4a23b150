import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Settings

/// Sends requests to a collector, and says what became of each.
struct CollectorClient: Sendable {
    /// What became of a request.
    enum Outcome: Sendable, Hashable {
        /// The collector has it, but for some that it did not want.
        case accepted(rejected: Int)
        /// It may take it later; in some time, where it says so.
        case busy(after: Duration?)
        /// It will never take it.
        case refused(status: Int)
    }

    let client: HTTPClient
    let headers: [(name: String, value: SecretValue)]

    /// How long a collector gets for an answer.
    ///
    /// Source: `OTEL_EXPORTER_OTLP_TIMEOUT` of opentelemetry.io/docs/specs/otel/protocol/exporter
    private static let patience = TimeAmount.seconds(10)

    /// Sends one body.
    ///
    /// Source: opentelemetry.io/docs/specs/otlp/#otlphttp-response
    func send(_ body: [UInt8], to url: String) async -> Outcome {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        for header in headers { request.headers.replaceOrAdd(name: header.name, value: header.value.unsafeRevealed) }
        request.headers.replaceOrAdd(name: "Content-Type", value: "application/x-protobuf")
        request.headers.replaceOrAdd(name: "User-Agent", value: "slipway")
        request.body = .bytes(ByteBuffer(bytes: body))
        guard let response = try? await client.execute(request, timeout: Self.patience) else {
            return .busy(after: nil)
        }
        let answer = try? await response.body.collect(upTo: 64 * 1024)
        switch response.status.code {
        case 200..<300: return .accepted(rejected: PartialSuccess.rejected(in: answer.map { Array(buffer: $0) } ?? []))
        case 429, 502, 503, 504:
            let seconds = response.headers.first(name: "Retry-After").flatMap { Int($0) }
            return .busy(after: seconds.map { .seconds(max(0, $0)) })
        default: return .refused(status: Int(response.status.code))
        }
    }
}

extension HTTPClient.Configuration {
    /// For clients of collectors: a request now and then.
    static var telemetry: Self {
        // Following a redirect would carry the key to a server that nobody has named.
        var configuration = Self(redirectConfiguration: .disallow, timeout: Timeout(connect: .seconds(5)))
        configuration.connectionPool.retryConnectionEstablishment = false
        // Sending a trace must not make another.
        configuration.tracing.tracer = nil
        return configuration
    }
}

import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// What a request brings along besides itself.
struct SimulatorContext: InitializableFromSource {
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        self.channel = source.channel
    }
}

/// Carries requests to the simulation, and answers back, as far as these get.
struct SimulatorResponder: HTTPResponder {
    /// The largest blob that one request may put.
    private static let bodyLimit = 256 * 1024 * 1024
    /// How long a client that gets no answer is left waiting before the connection closes.
    private static let patience = Duration.seconds(600)

    let simulation: Simulation
    let clock: any Clock<Duration>
    let logger: Logger

    func respond(to request: Request, context: SimulatorContext) async throws -> Response {
        if request.uri.path == "/health" { return Response(status: .ok) }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: Self.bodyLimit)
        } catch {
            return Response(status: .contentTooLarge)
        }
        let (answer, lines) = await simulation.open(Self.request(request, Array(body.readableBytesView)))
        logger.trace(
            "Answered",
            metadata: ["method": "\(request.method)", "path": "\(request.uri.path)", "status": "\(answer.status.code)"]
        )
        return try await deliver(answer, followedBy: lines, to: request.method, context)
    }

    private static func body(_ bytes: [UInt8], followedBy lines: AsyncStream<[UInt8]>?) -> ResponseBody {
        guard let lines else { return ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)) }
        return ResponseBody { writer in
            try await writer.write(ByteBuffer(bytes: bytes))
            for await line in lines.cancelOnGracefulShutdown() { try await writer.write(ByteBuffer(bytes: line)) }
            try await writer.finish(nil)
        }
    }

    private static func request(_ request: Request, _ body: [UInt8]) -> AzureRequest {
        let authority = request.head.authority ?? "localhost"
        return AzureRequest(
            request.method,
            "\(scheme(of: request))://\(authority)\(request.uri)",
            headers: request.headers,
            body: body
        )
    }

    /// A client that is told to take the simulator for Azure speaks of `https` though none is spoken here.
    private static func scheme(of request: Request) -> String {
        HTTPField.Name("X-Forwarded-Proto").flatMap { request.headers[$0] } == "https" ? "https" : "http"
    }

    private func deliver(
        _ answer: AzureResponse,
        followedBy lines: AsyncStream<[UInt8]>?,
        to method: HTTPRequest.Method,
        _ context: SimulatorContext
    ) async throws -> Response {
        switch answer.delivery {
        case .sent:
            if answer.delay > .zero { try await clock.sleep(for: answer.delay) }
            return Response(
                status: answer.status,
                headers: answer.headers,
                body: method == .head ? ResponseBody() : Self.body(answer.body, followedBy: lines)
            )
        case .withheld:
            let clock = clock
            try? await cancelWhenGracefulShutdown { try await clock.sleep(for: Self.patience) }
        case .dropped: break
        }
        try await context.channel.close()
        return Response(status: answer.status)
    }
}

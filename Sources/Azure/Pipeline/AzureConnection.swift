public import AsyncHTTPClient
public import Logging
import NIOCore
import NIOHTTP1

/// What every conversation with Azure needs: an HTTP client, the time, chance, a log, and who hears of waits.
public struct AzureConnection: Sendable {
    /// More than any page of a list or template that Azure gives out.
    static let bodyLimit = 32 << 20

    let client: HTTPClient
    public let time: TimeSource
    public let random: RandomSource
    let logger: Logger
    let onEvent: @Sendable (AzureEvent) -> Void

    /// Brings together what conversations need.
    ///
    /// - Parameters:
    ///   - client: Made with ``AsyncHTTPClient/HTTPClient/Configuration/azure``; stays the caller's to shut down.
    ///   - time: Clocks, for tests of waits.
    ///   - random: Chance, for tests that repeat it.
    ///   - logger: Is told method, path and status of each request, never a header or a body.
    ///   - onEvent: Is told when something makes a person wait.
    public init(
        client: HTTPClient,
        time: TimeSource = TimeSource(),
        random: RandomSource = RandomSource(),
        logger: Logger,
        onEvent: @escaping @Sendable (AzureEvent) -> Void = { _ in }
    ) {
        self.client = client
        self.time = time
        self.random = random
        self.logger = logger
        self.onEvent = onEvent
    }

    /// Sends a request once.
    ///
    /// - Parameters:
    ///   - request: What to send.
    ///   - limit: How long the whole answer may take.
    /// - Returns: The answer, whatever its status.
    /// - Throws: ``TransportFailure``, `CancellationError`.
    package func exchange(_ request: OutgoingRequest, within limit: Duration) async throws -> AzureResponse {
        logger.trace("request", metadata: ["method": "\(request.method.rawValue)", "address": "\(request.address)"])
        do {
            let answer = try await time.limited(to: limit) { try await perform(request) }
            logger.trace("answer", metadata: answer.facts)
            return answer
        } catch {
            try Task.checkCancellation()
            let failure = error as? TransportFailure ?? TransportFailure(.afterSending, "no answer for \(limit.words)")
            logger.trace("no answer", metadata: ["request": "\(request)", "reason": "\(failure.reason)"])
            throw failure
        }
    }

    private func perform(_ request: OutgoingRequest) async throws -> AzureResponse {
        var message = HTTPClientRequest(url: request.address.text)
        message.method = request.method
        message.headers = request.headers
        message.headers.replaceOrAdd(name: "User-Agent", value: "slipway")
        message.body = request.file?.body ?? request.body.map { .bytes(ByteBuffer(bytes: $0)) }
        do {
            let response = try await client.execute(message, deadline: .distantFuture)
            let body = try await response.body.collect(upTo: Self.bodyLimit)
            return AzureResponse(
                status: Int(response.status.code),
                headers: response.headers,
                body: Array(body.readableBytesView),
                request: "\(request)",
                receivedAt: time.now(),
                redaction: Redaction(request.secrets)
            )
        } catch is NIOTooManyBytesError {
            throw TransportFailure(.tooLong, "the answer is longer than \(Self.bodyLimit >> 20) MB")
        } catch {
            throw TransportFailure(error, host: request.address.host)
        }
    }
}

extension AzureResponse {
    fileprivate var facts: Logger.Metadata {
        var facts: Logger.Metadata = ["request": "\(request)", "status": "\(status)", "bytes": "\(body.count)"]
        if let requestID { facts["x-ms-request-id"] = "\(redaction.apply(to: requestID))" }
        return facts
    }
}

extension HTTPClient.Configuration {
    /// For clients of Azure: redirects and repetitions are decided where it is known what is safe.
    public static var azure: Self {
        var configuration = Self(
            // Following a redirect would carry the token to a server that nobody has named.
            redirectConfiguration: .disallow,
            timeout: Timeout(connect: .seconds(10))
        )
        configuration.connectionPool.retryConnectionEstablishment = false
        // Servers without HTTP/2, such as simulators, would otherwise be asked eight things at a time.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        return configuration
    }
}

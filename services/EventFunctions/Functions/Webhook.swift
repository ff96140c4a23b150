import AsyncHTTPClient
import ChatResponding
import Crypto
import JSONText
import Messaging
import NIOCore
import NIOHTTP1
import Settings
import WebFormats

/// An address of somebody else's that takes documents, patiently but not for ever.
struct Webhook: Sendable {
    /// How long one attempt may take, its answer included.
    private static let timeout = TimeAmount.seconds(10)
    private static let attempts = 4
    /// A pause that is asked for and longer than this is spent in the queue.
    private static let longestPause = Duration.seconds(30)
    /// Bytes of an answer that are read, so that its connection can be used again.
    private static let answerLimit = 64 * 1024

    let url: String
    let signingKey: SecretValue?
    let client: HTTPClient
    var breaker = CircuitBreaker()
    var backoff = Backoff(first: .milliseconds(250), limit: .seconds(5))
    var clock: any Clock<Duration> = ContinuousClock()
    var jitter: Jitter = randomJitter

    /// Posts a document until the address takes it.
    ///
    /// - Throws: `RejectedMessage` when the address will never take it; ``WebhookError`` when it does not take it now.
    func post(_ document: JSON, trace: String?) async throws {
        let request = request(document, trace: trace)
        for attempt in 1... {
            guard breaker.admits() else { throw WebhookError.leftAlone }
            switch try await outcome(of: request) {
            case .taken: return breaker.succeeded()
            case .refused(let rejection):
                breaker.succeeded()
                throw rejection
            case .failed(let error, let pause):
                breaker.failed()
                let wait = max(pause ?? .zero, backoff.delay(afterFailures: attempt, jitter: jitter()))
                guard attempt < Self.attempts, wait <= Self.longestPause else { throw error }
                try await clock.sleep(for: wait)
            }
        }
    }

    private enum Outcome {
        case taken
        case refused(RejectedMessage)
        case failed(WebhookError, pause: Duration?)
    }

    private func request(_ document: JSON, trace: String?) -> HTTPClientRequest {
        let body = document.bytes
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        if let trace { request.headers.add(name: "traceparent", value: trace) }
        if let signingKey {
            request.headers.add(name: "x-signature", value: Self.signature(of: body, with: signingKey))
        }
        request.body = .bytes(ByteBuffer(bytes: body))
        return request
    }

    private func outcome(of request: HTTPClientRequest) async throws -> Outcome {
        do {
            let response = try await client.execute(request, timeout: Self.timeout)
            let pause = response.headers.first(name: "retry-after").flatMap { Int($0) }.map { Duration.seconds($0) }
            // What it says is of no interest, and an endless answer is dropped with its connection.
            _ = try? await response.body.collect(upTo: Self.answerLimit)
            return Self.outcome(of: Int(response.status.code), pause: pause)
        } catch {
            try Task.checkCancellation()
            return .failed(.silent, pause: nil)
        }
    }

    private static func outcome(of status: Int, pause: Duration?) -> Outcome {
        switch status {
        case 200..<300: .taken
        case 300..<400:
            // To follow it would carry the message to an address that the operator has not named.
            .refused(
                RejectedMessage(reason: "NotificationRedirected", description: "the address answered \(status)")
            )
        case 408, 429: .failed(.busy(status: status), pause: pause)
        case 400..<500:
            .refused(RejectedMessage(reason: "NotificationRefused", description: "the address answered \(status)"))
        default: .failed(.busy(status: status), pause: pause)
        }
    }

    /// `sha256=` and the HMAC-SHA256 of the body in hexadecimal, as GitHub's webhooks do it.
    ///
    /// Source: docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
    static func signature(of body: [UInt8], with key: SecretValue) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: body,
            using: SymmetricKey(data: Array(key.unsafeRevealed.utf8))
        )
        return "sha256=" + code.hexadecimal
    }
}

/// Why an address did not take a document this time.
enum WebhookError: Error, Sendable, Hashable, CustomStringConvertible {
    case busy(status: Int)
    /// It could not be reached, or did not answer in time.
    case silent
    /// It has failed so often that it is not asked at the moment.
    case leftAlone

    var description: String {
        switch self {
        case .busy(let status): "the address for notifications answered \(status)"
        case .silent: "the address for notifications did not answer"
        case .leftAlone: "the address for notifications failed too often, and is left alone for a while"
        }
    }
}

import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Settings

/// Speaks HTTP with the bus about one entity, and puts what it answers into words of ours.
struct ServiceBusConnection: Sendable {
    /// Seconds for which the broker is asked to hold a request; longer waits are several requests, because what stands
    /// between may close a connection that says nothing for minutes.
    static let longestPoll = 60
    /// What a broker gets to answer, on top of the time that it was asked to wait.
    private static let answerTime = TimeAmount.seconds(15)
    /// More than any message and its explanation.
    private static let answerLimit = MessageLimits.messageBytes * 2

    let path: String
    let endpoint: BusEndpoint
    let credential: any BusCredential
    let client: HTTPClient
    /// What an authorization is for.
    private var address: String { "\(endpoint.url)/\(path)" }

    struct Answer: Sendable {
        let status: HTTPResponseStatus
        let headers: HTTPHeaders
        let body: [UInt8]
    }

    func send(_ request: SendRequest) async throws {
        var headers = HTTPHeaders()
        for header in request.headers { headers.add(name: header.name, value: header.value) }
        let answer = try await perform(.POST, "/\(path)/messages", headers: headers, body: request.body)
        switch answer.status.code {
        case 201: return
        case 400: throw MessagingError.invalidMessage(reason: "the broker answered 400")
        case 403, 413: throw MessagingError.tooLarge
        case 404, 410: throw MessagingError.unknownEntity(path)
        default: throw failure(answer, "send")
        }
    }

    /// Asks for a message; `nil` when none came in time.
    func peekLock(seconds: Int) async throws -> Answer? {
        try await final {
            let target = "/\(path)/messages/head?timeout=\(seconds)"
            let wait = Self.answerTime + .seconds(Int64(seconds))
            let answer = try await perform(.POST, target, headers: [:], body: [], timeout: wait)
            switch answer.status.code {
            case 200, 201: return answer
            case 204: return nil
            case 404, 410: throw MessagingError.unknownEntity(path)
            default: throw failure(answer, "receive")
            }
        }
    }

    /// Settles a message at the address that the broker gave with it.
    func settle(_ lock: MessageLock, _ method: HTTPMethod, _ operation: String) async throws {
        guard let target = Self.target(of: lock) else { throw MessagingError.lockLost }
        try await final {
            let answer = try await perform(method, target, headers: [:], body: [])
            switch answer.status.code {
            case 200, 204: return
            // The service says 410 for a lock that ran out as well as for a queue that is gone.
            case 404, 410: throw MessagingError.lockLost
            default: throw failure(answer, operation)
            }
        }
    }

    /// The path of the address, unchanged; host and port stay those of the endpoint, so that no answer can direct a
    /// signature to somebody else.
    static func target(of lock: MessageLock) -> String? {
        let token = lock.token
        guard let scheme = token.firstRange(of: "://") else { return token.hasPrefix("/") ? token : nil }
        let rest = token[scheme.upperBound...]
        return rest.firstIndex(of: "/").map { String(rest[$0...]) }
    }

    // MARK: HTTP

    func perform(
        _ method: HTTPMethod,
        _ target: String,
        headers: HTTPHeaders,
        body: [UInt8],
        timeout: TimeAmount = answerTime
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: endpoint.url + target)
        request.method = method
        request.headers = headers
        request.body = .bytes(ByteBuffer(bytes: body))
        let authorization = try await credential.authorization(for: address)
        let answer = try await exchange(request, authorization, timeout: timeout)
        guard answer.status == .unauthorized, await credential.replace(authorization) else { return answer }
        return try await exchange(request, try await credential.authorization(for: address), timeout: timeout)
    }

    private func exchange(
        _ request: HTTPClientRequest,
        _ authorization: SecretValue,
        timeout: TimeAmount
    ) async throws -> Answer {
        var request = request
        request.headers.add(name: "Authorization", value: authorization.unsafeRevealed)
        do {
            let response = try await client.execute(request, timeout: timeout)
            let bytes = try await response.body.collect(upTo: Self.answerLimit)
            return Answer(status: response.status, headers: response.headers, body: Array(bytes.readableBytesView))
        } catch {
            try Task.checkCancellation()
            throw TemporaryFailure(reason: "no answer from \(endpoint.authority): \(error)", retryAfter: nil)
        }
    }

    func failure(_ answer: Answer, _ operation: String) -> any Error {
        let status = Int(answer.status.code)
        switch status {
        case 401, 403: return MessagingError.unauthorized
        case 408, 429, 500...599:
            let seconds = answer.headers.first(name: "Retry-After").flatMap { Int($0) }
            let pause = seconds.map { Duration.seconds(max(0, $0)) }
            return TemporaryFailure(reason: "\(endpoint.authority) answered \(status)", retryAfter: pause)
        default: return MessagingError.unexpectedAnswer(status: status, operation: operation)
        }
    }

    /// For operations that are not tried again here.
    func final<Value>(_ operation: () async throws -> Value) async throws -> Value {
        do {
            return try await operation()
        } catch let failure as TemporaryFailure {
            throw MessagingError.unavailable(reason: failure.reason)
        }
    }
}

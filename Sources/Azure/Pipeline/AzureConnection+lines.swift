import AsyncHTTPClient
import NIOCore
import NIOHTTP1
public import Settings

extension AzureConnection {
    /// How long a server may take until it begins to answer.
    private static let headLimit = Duration.seconds(30)
    /// Bytes of one line; what is longer comes in pieces.
    private static let lineLimit = 64 << 10

    /// Reads a stream of lines as they come, until the server ends it.
    ///
    /// - Parameters:
    ///   - address: Where; the token goes there.
    ///   - token: What the server wants to see.
    ///   - onLine: Is told each line, without its end.
    /// - Throws: ``AzureError`` where the server refuses or cannot be reached, `CancellationError`.
    public func readLines(
        at address: WebAddress,
        token: SecretValue,
        onLine: (String) async throws -> Void
    ) async throws {
        let request = "GET \(address.path)"
        guard address.isConfidential else { throw AzureError(.untrusted(address.origin), request: request) }
        var message = HTTPClientRequest(url: address.text)
        message.headers = ["Authorization": "Bearer \(token.unsafeRevealed)", "User-Agent": "slipway"]
        do {
            let client = client
            let response = try await time.limited(to: Self.headLimit) { [message] in
                try await client.execute(message, deadline: .distantFuture)
            }
            guard response.status == .ok else { throw try await refusal(response, request, token) }
            var rest: [UInt8] = []
            for try await buffer in response.body {
                rest.append(contentsOf: buffer.readableBytesView)
                try await Self.takeLines(from: &rest, onLine)
            }
            if !rest.isEmpty { try await onLine(String(decoding: rest, as: UTF8.self)) }
        } catch let error as AzureError {
            throw error
        } catch {
            try Task.checkCancellation()
            let failure = TransportFailure(error, host: address.host)
            throw AzureError(.unreachable(failure.reason, tries: 1), request: request)
        }
    }

    private static func takeLines(from rest: inout [UInt8], _ onLine: (String) async throws -> Void) async throws {
        var start = rest.startIndex
        while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest[start..<end]
            try await onLine(String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self))
            start = end + 1
        }
        rest.removeFirst(start)
        guard rest.count > lineLimit else { return }
        try await onLine(String(decoding: rest, as: UTF8.self))
        rest = []
    }

    private func refusal(
        _ response: HTTPClientResponse,
        _ request: String,
        _ token: SecretValue
    ) async throws -> AzureError {
        let body = try await response.body.collect(upTo: 1 << 20)
        return AzureError(
            refusal: AzureResponse(
                status: Int(response.status.code),
                headers: response.headers,
                body: Array(body.readableBytesView),
                request: request,
                receivedAt: time.now(),
                redaction: Redaction([token])
            )
        )
    }
}

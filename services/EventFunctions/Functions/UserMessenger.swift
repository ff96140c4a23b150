import AsyncHTTPClient
import ChatResponding
import Crypto
import Events
import JSONText
import Logging
import Messaging
import NIOCore
import NIOHTTP1
import Settings

/// Delivers what a user should read: posts it to the address that the operator chose, or writes it to the log.
struct UserMessenger: Sendable {
    static let messageType = "user.message"

    /// Where messages go, and the key that signs them.
    struct Destination: Sendable {
        let url: String
        let signingKey: SecretValue?
    }

    let destination: Destination?
    let client: HTTPClient
    let logger: Logger

    private static let timeout = TimeAmount.seconds(10)
    private static let attempts = 3

    /// Delivers one event.
    ///
    /// - Throws: `RejectedMessage` for an event without a text, and for an answer of 4xx but 408 and 429; another error
    ///   when the address cannot take it now, and then the event should be delivered again.
    func handle(_ event: Event) async throws {
        let metadata = JSON.object(event.metadata)
        guard let text = (metadata["text"] ?? metadata["reply"])?.string else {
            throw RejectedMessage(reason: "MissingText", description: "metadata has neither text nor reply")
        }
        guard let destination else {
            logger.info("message for a user", metadata: ["user": "\(event.userID)", "text": "\(text)"])
            return
        }
        try await post(event, text: text, to: destination)
        logger.info("delivered", metadata: ["event": "\(event.id ?? "")", "user": "\(event.userID)"])
    }

    private func post(_ event: Event, text: String, to destination: Destination) async throws {
        let body: JSON = [
            "userID": .string(event.userID), "type": .string(event.type), "text": .string(text), "event": event.json,
        ]
        var request = HTTPClientRequest(url: destination.url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        if let key = destination.signingKey {
            request.headers.add(name: "x-signature", value: Self.signature(of: body.bytes, with: key))
        }
        request.body = .bytes(ByteBuffer(bytes: body.bytes))
        for attempt in 1...Self.attempts {
            switch try await status(of: request) {
            case .some(200..<300): return
            case .some(let status) where (400..<500).contains(status) && status != 408 && status != 429:
                throw RejectedMessage(reason: "NotificationRefused", description: "the address answered \(status)")
            case .some, .none: try await Task.sleep(for: .milliseconds(100 * (1 << attempt)))
            }
        }
        throw NotificationError.unavailable
    }

    /// The status of the answer; `nil` when there was none.
    private func status(of request: HTTPClientRequest) async throws -> UInt? {
        do {
            let response = try await client.execute(request, timeout: Self.timeout)
            for try await _ in response.body {}
            return response.status.code
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return nil
        }
    }

    /// `sha256=` and the HMAC-SHA256 of the body in hexadecimal, as GitHub's webhooks do it.
    static func signature(of body: [UInt8], with key: SecretValue) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: body,
            using: SymmetricKey(data: Array(key.unsafeRevealed.utf8))
        )
        return "sha256=" + code.hexadecimal
    }
}

enum NotificationError: Error {
    case unavailable
}

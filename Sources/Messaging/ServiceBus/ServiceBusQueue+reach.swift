import AsyncHTTPClient
import NIOCore
import NIOHTTP1

extension ServiceBusQueue {
    /// Finds out whether the bus is there, without touching a message.
    ///
    /// Any answer will do, for it takes a broker to refuse; whether the queue is there and may be used is told by the
    /// first message.
    ///
    /// - Throws: ``MessagingError/unavailable(reason:)`` when nobody answers within two seconds, or with a fault.
    public func reach() async throws {
        let request = HTTPClientRequest(url: connection.endpoint.url + "/")
        let answer: HTTPClientResponse
        do {
            answer = try await connection.client.execute(request, timeout: .seconds(2))
        } catch {
            try Task.checkCancellation()
            throw MessagingError.unavailable(reason: "the broker does not answer")
        }
        guard answer.status.code < 500 else {
            throw MessagingError.unavailable(reason: "the broker answered \(answer.status.code)")
        }
    }
}

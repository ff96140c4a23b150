public import AsyncHTTPClient

import NIOCore
import NIOHTTP1

#if canImport(FoundationEssentials)
public import struct FoundationEssentials.Date
#else
public import struct Foundation.Date
#endif

/// A queue, topic or subscription of Service Bus, over its HTTP interface.
///
/// ```swift
/// let queue = try ServiceBusQueue("jobs", connection: connection, client: client)
/// try await queue.send([OutgoingMessage(id: "1", body: Array("{}".utf8))])
/// ```
///
/// Sending is tried again when the broker is busy or away. A try whose answer was lost may have succeeded, so a message
/// can arrive twice unless the queue deduplicates; that is why every message has an id.
/// Source: learn.microsoft.com/rest/api/servicebus
public struct ServiceBusQueue: MessageSender, MessageReceiver {
    /// The path on the bus: `jobs`, `news/subscriptions/mail` or `jobs/$deadletterqueue`.
    public let path: String
    let connection: ServiceBusConnection
    let retry: SendRetry
    private let now: @Sendable () -> Date

    /// Describes a queue; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - path: The queue, topic, or `topic/subscriptions/name`.
    ///   - endpoint: Where the bus listens.
    ///   - credential: Who is asking.
    ///   - client: Sends the requests; whoever made it shuts it down.
    ///   - retry: How often and how patiently sending is tried.
    ///   - clock: Measures the waits between tries.
    ///   - now: Tells the time where the broker does not.
    public init(
        _ path: String,
        at endpoint: BusEndpoint,
        credential: any BusCredential,
        client: HTTPClient,
        retry: SendRetry = SendRetry(),
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.path = path
        self.connection = ServiceBusConnection(path: path, endpoint: endpoint, credential: credential, client: client)
        self.retry = retry.timed(by: clock)
        self.now = now
    }

    /// Describes a queue of the bus that a connection string leads to.
    ///
    /// - Parameters:
    ///   - path: The queue; `nil` for the one that the connection string names.
    ///   - connection: Where the bus is, and the key to it.
    ///   - client: Sends the requests; whoever made it shuts it down.
    ///   - retry: How often and how patiently sending is tried.
    ///   - clock: Measures the waits between tries.
    ///   - now: Tells the time.
    /// - Throws: ``MessagingError/unknownEntity(_:)`` where neither names one.
    public init(
        _ path: String? = nil,
        connection: ConnectionString,
        client: HTTPClient,
        retry: SendRetry = SendRetry(),
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws(MessagingError) {
        guard let path = path ?? connection.entityPath else { throw .unknownEntity("") }
        self.init(
            path,
            at: connection.endpoint,
            credential: SharedAccessCredential(connection, now: now),
            client: client,
            retry: retry,
            clock: clock,
            now: now
        )
    }

    // MARK: Sending

    /// Sends messages in as few requests as the broker's limits allow, in their order.
    ///
    /// All are checked before the first is sent. When more than one request is needed and a later one fails, the
    /// earlier ones have been delivered; repeating the call is safe on a queue that deduplicates.
    ///
    /// - Throws: ``MessagingError``, `CancellationError`.
    public func send(_ messages: [OutgoingMessage]) async throws {
        for message in messages { try message.check() }
        for request in SendRequest.requests(for: messages) {
            try await retry.run { try await connection.send(request) }
        }
    }

    // MARK: Receiving

    /// Takes the oldest message that is free; the broker holds the request until there is one.
    ///
    /// - Parameter wait: Rounded up to whole seconds, the finest step of the protocol.
    /// - Returns: `nil` when none came in time.
    /// - Throws: ``MessagingError``, `CancellationError`.
    public func receive(waitingAtMost wait: Duration) async throws -> ReceivedMessage? {
        var remaining = wait.secondsRoundedUp
        repeat {
            let seconds = min(remaining, ServiceBusConnection.longestPoll)
            if let answer = try await connection.peekLock(seconds: seconds) {
                guard let message = ReceivedMessage(headers: answer.headers, body: answer.body, now: now()) else {
                    throw MessagingError.unexpectedAnswer(status: Int(answer.status.code), operation: "receive")
                }
                return message
            }
            remaining -= seconds
        } while remaining > 0
        return nil
    }

    public func complete(_ lock: MessageLock) async throws {
        try await connection.settle(lock, .DELETE, "complete")
    }

    public func abandon(_ lock: MessageLock) async throws {
        try await connection.settle(lock, .PUT, "abandon")
    }

    public func renew(_ lock: MessageLock) async throws {
        try await connection.settle(lock, .POST, "renew")
    }
}

extension Duration {
    var secondsRoundedUp: Int {
        max(0, Int(components.seconds) + (components.attoseconds > 0 ? 1 : 0))
    }
}

public import AsyncHTTPClient
public import Events
public import Settings

import JSONText
import NIOCore
import NIOHTTP1

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Sends events to an event API, and repeats what got lost on the way.
///
/// ```swift
/// let events = try EventClient(client: .shared)  // EVENT_API_URL and AUTH_TOKEN
/// let id = try await events.send(Event(source: "sensor-1", type: "movement", userID: "ada"))
/// ```
///
/// Every attempt to send an event carries the same `Idempotency-Key`, so that an event whose answer got lost is
/// published once.
public struct EventClient: Sendable {
    /// The variable with the address of the API: `http://localhost:7071`.
    public static let addressVariable = "EVENT_API_URL"
    /// The variable with the bearer token.
    public static let tokenVariable = "AUTH_TOKEN"

    /// Events that the API takes in one request.
    static let batchLimit = 100
    /// Bytes of an answer that are read.
    private static let answerLimit = 1024 * 1024

    private let address: String
    private let token: SecretValue?
    private let client: HTTPClient
    private let retry: EventRetry

    /// Describes an event API.
    ///
    /// - Parameters:
    ///   - address: Where it listens, with or without `/api/events` at the end.
    ///   - token: What proves who sends; `nil` where nobody asks.
    ///   - client: Sends the requests; whoever made it shuts it down.
    ///   - retry: How patiently it sends.
    /// - Throws: ``EventClientError/badAddress`` when the address is not one of a web server.
    public init(
        address: String,
        token: SecretValue?,
        client: HTTPClient,
        retry: EventRetry = EventRetry()
    ) throws(EventClientError) {
        guard let parts = URLComponents(string: address), parts.scheme == "http" || parts.scheme == "https",
            let host = parts.host, !host.isEmpty, parts.query == nil, parts.fragment == nil
        else { throw .badAddress }
        var base = address[...]
        for ending in ["/", "/events", "/api"] {
            while base.hasSuffix(ending) { base.removeLast(ending.count) }
        }
        self.address = "\(base)/api/events"
        self.token = token
        self.client = client
        self.retry = retry
    }

    /// Describes the event API that the environment names.
    ///
    /// - Throws: ``EventClientError/badAddress`` where `EVENT_API_URL` is missing or not the address of a web server.
    public init(client: HTTPClient, retry: EventRetry = EventRetry()) throws(EventClientError) {
        let environment = ProcessInfo.processInfo.environment
        try self.init(
            address: environment[Self.addressVariable] ?? "",
            token: environment[Self.tokenVariable].flatMap { $0.isEmpty ? nil : SecretValue($0) },
            client: client,
            retry: retry
        )
    }

    /// Sends one event; it is on the broker's disk when this returns.
    ///
    /// - Parameters:
    ///   - event: The event; the API gives it an id of its own.
    ///   - key: What the sender calls it, so that sending it again within a day publishes nothing; made up where not given.
    /// - Returns: The id that the event was given.
    /// - Throws: ``EventClientError``, and `CancellationError`.
    public func send(_ event: Event, idempotencyKey key: String? = nil) async throws -> String {
        let answer = try await post(event.json, to: address, key: key ?? UUID().uuidString)
        guard answer.status == 202, let id = answer.body["id"]?.string else { throw EventClientError(answer) }
        return id
    }

    /// Sends many events, a hundred in a request.
    ///
    /// - Parameter events: The events, in any number.
    /// - Returns: For each event, in order, the id that it was given or why it was refused.
    /// - Throws: ``EventClientError`` when the API takes nothing at all, and `CancellationError`; what was sent before
    ///   that stays sent.
    public func send(_ events: [Event]) async throws -> [Result<String, EventClientError>] {
        var results: [Result<String, EventClientError>] = []
        var rest = events[...]
        while !rest.isEmpty {
            results += try await send(batch: rest.prefix(Self.batchLimit))
            rest = rest.dropFirst(Self.batchLimit)
        }
        return results
    }

    private func send(batch: ArraySlice<Event>) async throws -> [Result<String, EventClientError>] {
        let body = JSON.array(batch.map(\.json))
        let answer = try await post(body, to: "\(address):batch", key: UUID().uuidString)
        guard answer.status == 202 || answer.status == 207, let items = answer.body["results"]?.array,
            items.count == batch.count
        else { throw EventClientError(answer) }
        return items.map { item in
            if let id = item["id"]?.string { return .success(id) }
            return .failure(EventClientError(EventAnswer(status: item["status"]?.integer ?? 0, body: item)))
        }
    }

    private func post(_ json: JSON, to url: String, key: String) async throws -> EventAnswer {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "idempotency-key", value: key)
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token.unsafeRevealed)") }
        request.body = .bytes(ByteBuffer(bytes: json.bytes))
        return try await retry.run { [request] in
            let response = try await client.execute(request, timeout: .seconds(30))
            let bytes = try await response.body.collect(upTo: Self.answerLimit)
            return EventAnswer(
                status: Int(response.status.code),
                body: (try? JSON(parsing: bytes.readableBytesView)) ?? .null,
                retryAfter: response.headers.first(name: "retry-after").flatMap { Int($0) }.map { .seconds($0) }
            )
        }
    }
}

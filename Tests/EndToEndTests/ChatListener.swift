import AsyncHTTPClient
import Foundation
import JSONText
import ModelStreaming
import NIOCore
import NIOHTTP1
import Testing

/// A client that comes back where it has lost its answer, and checks what it hears.
struct ChatListener {
    private(set) var text = ""
    private(set) var place: String?
    private(set) var conversation = ""
    private(set) var isDone = false
    private(set) var error: String?

    /// The service has given no answer.
    struct Refused: Error {
        let status: HTTPResponseStatus
    }

    init() {}

    /// A client that has heard nothing yet of what another has heard.
    init(comingBackTo other: ChatListener) {
        place = "\(other.generation):0"
    }

    static func withClient<Value>(_ body: (HTTPClient) async throws -> Value) async throws -> Value {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        configuration.connectionPool.retryConnectionEstablishment = false
        // As long may a request wait for one of these connections, too.
        configuration.timeout.connect = .minutes(2)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let result: Result<Value, any Error>
        do { result = .success(try await body(client)) } catch { result = .failure(error) }
        try await client.shutdown()
        return try result.get()
    }

    /// The answer that is heard, by its own name.
    var generation: String { String(place?.prefix { $0 != ":" } ?? "") }

    /// Asks, and listens until the connection ends, however that is.
    mutating func ask(
        _ question: String,
        _ replica: ChatReplica,
        _ client: HTTPClient,
        whileHearing: (ChatListener) throws -> Void = { _ in }
    ) async throws {
        var request = HTTPClientRequest(url: "\(replica.url)/api/chat")
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: (["message": .string(question)] as JSON).bytes))
        try await listen(to: try await client.execute(request, timeout: .seconds(120)), whileHearing)
    }

    /// Comes back to what it has lost.
    mutating func comeBack(
        _ replica: ChatReplica,
        _ client: HTTPClient,
        whileHearing: (ChatListener) throws -> Void = { _ in }
    ) async throws {
        var request = HTTPClientRequest(url: "\(replica.url)/api/generations/\(generation)")
        request.headers.add(name: "last-event-id", value: try #require(place))
        try await listen(to: try await client.execute(request, timeout: .seconds(120)), whileHearing)
    }

    private mutating func listen(
        to response: HTTPClientResponse,
        _ whileHearing: (ChatListener) throws -> Void
    ) async throws {
        guard response.status == .ok else { throw Refused(status: response.status) }
        try whileHearing(self)
        var decoder = ServerSentEventDecoder()
        var body = response.body.makeAsyncIterator()
        // A connection that breaks is an end like any other.
        while let bytes = try? await body.next(isolation: #isolation) {
            for event in try decoder.events(in: bytes.readableBytesView) {
                try take(event)
                try whileHearing(self)
            }
        }
    }

    private mutating func take(_ event: ServerSentEvent) throws {
        let json = try JSON(parsing: event.data)
        switch json["type"]?.string {
        case "metadata": conversation = json["conversation_id"]?.string ?? ""
        case "chunk":
            text += json["content"]?.string ?? ""
            // No byte is left out, and none is heard twice.
            try #require(event.id?.hasSuffix(":\(text.utf8.count)") == true, "\(event.id ?? "no id") after \(text)")
        case "done":
            isDone = true
            #expect(json["full_response"]?.string == text)
        default: error = json["code"]?.string ?? event.data
        }
        place = event.id ?? place
    }
}

import AsyncHTTPClient
import FakeUpstream
import JSONText
import Logging
import ModelStreaming
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Settings
import Synchronization

@testable import ChatAPI

/// The whole service on a real port, before a model server that the test controls.
struct RunningChat: Sendable {
    static let modelKey = "sk-canary-4f2a"

    let port: Int
    let upstream: FakeUpstream
    let store: ObservedStore
    let log: LogRecorder
    let client: HTTPClient
    /// Lets every quiet stream show that it is alive.
    let beat: AsyncStream<Void>.Continuation

    var url: String { "http://127.0.0.1:\(port)" }

    /// Runs the service for as long as a test.
    static func run(
        adjust: (inout ChatConfiguration) -> Void = { _ in },
        _ test: @Sendable (RunningChat) async throws -> Void
    ) async throws {
        var configuration = ChatConfiguration()
        configuration.port = 0
        let key = SecretValue(modelKey)
        configuration.model = .openAI(try OpenAIEndpoint(key: key), model: ModelChoice.standardName)
        adjust(&configuration)
        let adjusted = configuration
        try await FakeUpstream.run { upstream in
            var configuration = adjusted
            if configuration.model != .offline {
                let endpoint = try OpenAIEndpoint(baseURL: upstream.baseURL, key: key)
                configuration.model = .openAI(endpoint, model: ModelChoice.standardName)
            }
            let (beats, beat) = AsyncStream<Void>.makeStream()
            let (ports, listening) = AsyncStream<Int>.makeStream()
            let store = ObservedStore()
            let log = LogRecorder()
            let services = try await App.services(
                configuration,
                store: store,
                logger: log.logger,
                heartbeat: {
                    for await _ in beats { return }
                    throw CancellationError()
                },
                onListening: { listening.yield($0) }
            )
            let group = ServiceGroup(
                services: services,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                guard let port = await ports.first(where: { _ in true }) else { throw CancellationError() }
                let client = HTTPClient(eventLoopGroupProvider: .singleton)
                let chat = RunningChat(
                    port: port,
                    upstream: upstream,
                    store: store,
                    log: log,
                    client: client,
                    beat: beat
                )
                try await attempt {
                    try await test(chat)
                } finally: {
                    try await client.shutdown()
                }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }
    }

    // MARK: Requests

    func get(_ path: String, headers: HTTPHeaders = [:]) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: url + path)
        request.headers = headers
        return try await client.execute(request, timeout: .seconds(30))
    }

    func delete(_ path: String, headers: HTTPHeaders = [:]) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: url + path)
        request.method = .DELETE
        request.headers = headers
        return try await client.execute(request, timeout: .seconds(30))
    }

    func post(_ path: String, _ json: JSON, headers: HTTPHeaders = [:]) async throws -> HTTPClientResponse {
        try await post(path, body: .bytes(ByteBuffer(bytes: json.bytes)), headers: headers)
    }

    func post(
        _ path: String,
        body: HTTPClientRequest.Body,
        headers: HTTPHeaders = [:]
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: url + path)
        request.method = .POST
        request.headers = headers
        if !headers.contains(name: "Content-Type") {
            request.headers.add(name: "Content-Type", value: "application/json")
        }
        request.body = body
        return try await client.execute(request, timeout: .seconds(30))
    }

    /// Asks a question and lets the model server answer it with one text.
    @discardableResult
    func ask(_ json: JSON, answer: String = "Hello", headers: HTTPHeaders = [:]) async throws -> (JSON, UpstreamCall) {
        async let response = post("/api/chat", json, headers: headers)
        let call = try await upstream.nextCall()
        try await call.begin()
        try await call.send(text: answer)
        try await call.finish()
        return (try await response.json(), call)
    }
}

extension HTTPClientResponse {
    func text() async throws -> String {
        String(buffer: try await body.collect(upTo: 1 << 20))
    }

    func json() async throws -> JSON {
        try JSON(parsing: try await text())
    }

    /// The documents of all events, once the stream has ended.
    func events() async throws -> [JSON] {
        var decoder = ServerSentEventDecoder()
        return try decoder.events(in: try await text().utf8).map { try JSON(parsing: $0.data) }
    }
}

extension UpstreamCall {
    /// What the model was shown.
    var messages: [String] {
        get throws {
            try JSON(parsing: body)["messages"]?.array?.map {
                "\($0["role"]?.string ?? ""): \($0["content"]?.string ?? "")"
            }
                ?? []
        }
    }
}

/// A store that says when something was kept.
struct ObservedStore: ConversationStore {
    private let base = InMemoryConversationStore()
    let kept: AsyncStream<[ChatMessage]>
    private let keep: AsyncStream<[ChatMessage]>.Continuation

    init() {
        (kept, keep) = AsyncStream.makeStream()
    }

    func history(of conversation: ConversationKey, limit: HistoryLimit) async throws -> [ChatMessage] {
        try await base.history(of: conversation, limit: limit)
    }

    func append(_ messages: [ChatMessage], to conversation: ConversationKey) async throws {
        try await base.append(messages, to: conversation)
        keep.yield(messages)
    }

    func conversations(of owner: String, limit: Int, after start: String?) async throws -> ConversationPage {
        try await base.conversations(of: owner, limit: limit, after: start)
    }

    func messages(
        of conversation: ConversationKey,
        limit: HistoryLimit,
        after start: String?
    ) async throws -> MessagePage? {
        try await base.messages(of: conversation, limit: limit, after: start)
    }

    func delete(_ conversation: ConversationKey) async throws -> Bool { try await base.delete(conversation) }
}

/// Everything that was logged, at every level.
final class LogRecorder: Sendable {
    private let lines = Mutex<[String]>([])

    var text: String { lines.withLock { $0.joined(separator: "\n") } }

    var logger: Logger {
        var logger = Logger(label: "chat-api") { _ in Handler(recorder: self) }
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            recorder.lines.withLock { $0.append("\(event.message) \(metadata) \(event.metadata ?? [:])") }
        }
    }
}

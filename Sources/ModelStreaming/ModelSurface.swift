import AsyncHTTPClient
import JSONText
import NIOCore
import NIOHTTP1
import Settings
import Telemetry

/// How a provider is asked: at which address, in which words, and how its answer reads.
protocol ModelSurface: Sendable {
    var format: AnswerFormat { get }
    /// Asks for the answer.
    func request(_ question: ModelQuestion) -> ModelRequest
    /// Asks for a thread, where the provider keeps conversations; its answer has an `id`.
    var opening: ModelRequest? { get }
    /// Asks to stop working, where it is not enough to hang up.
    func stopping(run: String, in thread: String) -> ModelRequest?
}

extension ModelSurface {
    var opening: ModelRequest? { nil }
    func stopping(run: String, in thread: String) -> ModelRequest? { nil }
}

/// A prompt, and where the conversation is that it continues.
struct ModelQuestion: Sendable {
    let prompt: ChatPrompt
    var thread: String?
    /// Whether the messages are in the thread already, from an attempt that failed later.
    var hasArrived = false

    init(_ prompt: ChatPrompt) {
        self.prompt = prompt
        self.thread = prompt.thread
    }

    /// The messages that a thread does not have: a thread that goes on holds all up to its last answer.
    var news: [ChatMessage] {
        if hasArrived { return [] }
        let spoken = prompt.messages.filter { $0.role != .system }
        guard prompt.thread != nil, let last = spoken.lastIndex(where: { $0.role == .assistant }) else { return spoken }
        return Array(spoken[(last + 1)...])
    }

    /// What the model is told before everything else.
    var instructions: String? {
        let texts = prompt.messages.filter { $0.role == .system }.map(\.content)
        return texts.isEmpty ? nil : texts.joined(separator: "\n\n")
    }
}

/// A request without proof of who sends it.
struct ModelRequest: Sendable {
    let url: String
    var headers: [(name: String, value: String)] = []
    var body: JSON = []

    /// The request as it is sent.
    ///
    /// - Parameters:
    ///   - proof: Who sends it.
    ///   - trace: The place in a trace that it belongs to.
    /// - Returns: A request for the client that sends it.
    /// - Throws: `HTTPClientError` for an address that is none.
    func message(_ proof: ModelCredential.Proof, trace: TraceParent?) throws -> HTTPClient.Request {
        var request = try HTTPClient.Request(url: url, method: .POST)
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "Accept", value: "text/event-stream")
        request.headers.add(name: "User-Agent", value: "slipway")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let trace { request.headers.add(name: "traceparent", value: trace.text) }
        if let (name, value) = proof.header { request.headers.add(name: name, value: value.unsafeRevealed) }
        request.body = .byteBuffer(ByteBuffer(bytes: body.bytes))
        return request
    }
}

extension ChatMessage {
    var json: JSON { ["role": .string(role.rawValue), "content": .string(content)] }
}

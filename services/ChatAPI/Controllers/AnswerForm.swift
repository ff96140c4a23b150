import Events
import HTTPTypes
import JSONText
import ModelStreaming
import NIOCore
import ServiceKit

/// How an answer looks on its way to a client.
protocol AnswerForm: Sendable {
    var headers: HTTPFields { get }
    /// Whether the response begins before there is any text, and so tells of every error itself.
    var beginsAtOnce: Bool { get }
    /// What shows a client that the connection is alive; `nil` where the form has nothing for it.
    var sign: [UInt8]? { get }

    /// Writes what comes before the text.
    func writeOpening(to buffer: inout ByteBuffer)

    /// Writes the next text.
    ///
    /// - Parameters:
    ///   - text: What comes next.
    ///   - place: The bytes of text up to its end.
    ///   - buffer: What will be sent.
    func write(_ text: String, upTo place: Int, to buffer: inout ByteBuffer)

    /// Writes what comes after the text.
    ///
    /// - Throws: What broke the answer off, where only a broken connection can say so.
    func writeEnding(_ end: GenerationEnd, to buffer: inout ByteBuffer) throws
}

extension AnswerForm {
    var beginsAtOnce: Bool { false }
}

extension HTTPFields {
    /// What every event stream says of itself.
    static let eventStream: HTTPFields = [
        .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store",
        // Keeps nginx and its kin from collecting events before they pass them on.
        .accelBuffering: "no",
    ]
}

/// Events with a `type`: metadata, chunks, and either done or an error.
struct EventForm: AnswerForm {
    private let generation: Generation
    private let events: NumberedEvents

    init(_ generation: Generation) {
        self.generation = generation
        events = NumberedEvents(generation.id, text: #"{"type":"chunk","content":"#)
    }

    var conversation: String { generation.request.turn?.conversation.id ?? "" }
    /// Known for good when the first text is there.
    var thread: String { generation.thread ?? "" }

    var headers: HTTPFields { .eventStream }
    var sign: [UInt8]? { ServerSentEvents.comment("still working") }

    func writeOpening(to buffer: inout ByteBuffer) {
        let facts: JSON = [
            "type": "metadata", "conversation_id": .string(conversation), "thread_id": .string(thread),
            "generation_id": .string(events.id.text),
        ]
        events.write(facts, at: .text(0), to: &buffer)
    }

    func write(_ text: String, upTo place: Int, to buffer: inout ByteBuffer) {
        events.write(text, upTo: place, to: &buffer)
    }

    func writeEnding(_ end: GenerationEnd, to buffer: inout ByteBuffer) {
        events.write(json(end), at: .end, to: &buffer)
    }

    private func json(_ end: GenerationEnd) -> JSON {
        switch end {
        case .finished(let answer):
            [
                "type": "done", "full_response": .string(answer.text), "timestamp": .string(Timestamp.now.text),
                "usage": answer.usage?.json ?? .null,
            ]
        case .failed(let error):
            ["type": "error", "code": .string(error.code), "message": .string(error.description)]
        case .stopped: ["type": "error", "code": "stopped", "message": "The answer was stopped."]
        }
    }
}

/// Events with a `status`: processing, streaming, and either completed or error.
struct QuestionForm: AnswerForm {
    private let events: NumberedEvents

    init(_ generation: Generation) {
        events = NumberedEvents(generation.id, text: #"{"status":"streaming","chunk":"#)
    }

    var headers: HTTPFields { .eventStream }
    var beginsAtOnce: Bool { true }
    var sign: [UInt8]? { ServerSentEvents.comment("still working") }

    func writeOpening(to buffer: inout ByteBuffer) {
        events.write(["status": "processing"], at: .text(0), to: &buffer)
    }

    func write(_ text: String, upTo place: Int, to buffer: inout ByteBuffer) {
        events.write(text, upTo: place, to: &buffer)
    }

    func writeEnding(_ end: GenerationEnd, to buffer: inout ByteBuffer) {
        let json: JSON =
            switch end {
            case .finished(let answer): ["status": "completed", "chunk": .string(answer.text)]
            case .failed(let error): ["status": "error", "message": .string(error.description)]
            case .stopped: ["status": "error", "message": "The answer was stopped."]
            }
        events.write(json, at: .end, to: &buffer)
    }
}

/// Nothing but the text; a connection that breaks is the only sign of an error.
struct PlainTextForm: AnswerForm {
    /// Whether a last line says that the text is whole.
    var hasEndMarker: Bool

    var headers: HTTPFields {
        [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store", .accelBuffering: "no"]
    }

    var sign: [UInt8]? { nil }

    func writeOpening(to buffer: inout ByteBuffer) {}

    func write(_ text: String, upTo place: Int, to buffer: inout ByteBuffer) {
        buffer.writeString(text)
    }

    func writeEnding(_ end: GenerationEnd, to buffer: inout ByteBuffer) throws {
        guard case .finished = end else { throw APIError(end) }
        if hasEndMarker { buffer.writeString("\n[END]") }
    }
}

extension TokenUsage {
    var json: JSON {
        ["prompt_tokens": JSON(prompt), "completion_tokens": JSON(completion), "total_tokens": JSON(total)]
    }
}

extension HTTPField.Name {
    static let accelBuffering = HTTPField.Name("X-Accel-Buffering") ?? .connection
    static let endMarker = HTTPField.Name("X-End-Marker") ?? .connection
    static let model = HTTPField.Name("X-Model") ?? .connection
    static let lastEventID = HTTPField.Name("Last-Event-ID") ?? .connection
}

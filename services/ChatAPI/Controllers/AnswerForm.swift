import HTTPTypes
import JSONText
import ModelStreaming
import ServiceKit

/// How an answer looks on its way to a client.
protocol AnswerForm: Sendable {
    var headers: HTTPFields { get }
    /// What comes before the text.
    var opening: [UInt8] { get }
    /// What shows a client that the connection is alive; `nil` where the form has nothing for it.
    var sign: [UInt8]? { get }

    func piece(_ text: String) -> [UInt8]

    /// What comes after the text.
    ///
    /// - Throws: What broke the answer off, where only a broken connection can say so.
    func ending(_ end: GenerationEnd) throws -> [UInt8]
}

/// Events with a `type`: metadata, chunks, and either done or an error.
struct EventForm: AnswerForm {
    var conversation: String
    var thread: String
    var timestamp: @Sendable () -> String

    var headers: HTTPFields {
        // The last one keeps nginx and its kin from collecting events before they pass them on.
        [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store", .accelBuffering: "no"]
    }

    var opening: [UInt8] {
        event(["type": "metadata", "conversation_id": .string(conversation), "thread_id": .string(thread)])
    }

    var sign: [UInt8]? { ServerSentEvents.comment("still working") }

    func piece(_ text: String) -> [UInt8] {
        event(["type": "chunk", "content": .string(text)])
    }

    func ending(_ end: GenerationEnd) -> [UInt8] {
        switch end {
        case .finished(let answer):
            event([
                "type": "done", "full_response": .string(answer.text), "timestamp": .string(timestamp()),
                "usage": answer.usage?.json ?? .null,
            ])
        case .failed(let error):
            event(["type": "error", "code": .string(error.code), "message": .string(error.description)])
        case .stopped: event(["type": "error", "code": "stopped", "message": "The answer was stopped."])
        }
    }

    private func event(_ json: JSON) -> [UInt8] {
        ServerSentEvents.bytes(of: ServerSentEvent(data: json.text))
    }
}

/// Nothing but the text; a connection that breaks is the only sign of an error.
struct PlainTextForm: AnswerForm {
    /// Whether a last line says that the text is whole.
    var hasEndMarker: Bool

    var headers: HTTPFields {
        [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store", .accelBuffering: "no"]
    }

    var opening: [UInt8] { [] }
    var sign: [UInt8]? { nil }

    func piece(_ text: String) -> [UInt8] { Array(text.utf8) }

    func ending(_ end: GenerationEnd) throws -> [UInt8] {
        guard case .finished = end else { throw APIError(end) }
        return hasEndMarker ? Array("\n[END]".utf8) : []
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
}

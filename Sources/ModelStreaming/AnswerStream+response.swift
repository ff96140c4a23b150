import JSONText

/// Events of a response.
///
/// Source: the package openai 3.54.0, `types/responses/response_stream_event.py` and its neighbours.
extension ArrivingAnswer {
    mutating func takeResponse(_ frame: ServerSentEventDecoder.Frame) {
        // Local servers and proxies end the stream as completions do.
        if frame.data.starts(with: "[DONE]".utf8) { return finish() }
        var event = ResponseEvent()
        guard read(frame.data, { reader, name throws(JSONError) in try event.read(name, from: &reader) }) else {
            return
        }
        switch event.type ?? frame.name {
        case "response.output_text.delta", "response.refusal.delta": append(text: event.delta ?? "")
        case "response.completed": end(event, .stop)
        case "response.incomplete": end(event, event.stage.reason.map { Self.reason($0) } ?? .length)
        case "response.failed": fail(Refusal(frame: event.stage.error ?? .null))
        case "response.cancelled": fail(Refusal(.interrupted))
        case "error": fail(Refusal(frame: event.error ?? ["code": event.code.map { .string($0) } ?? .null]))
        // Reasoning, tools, parts that begin and end, and whatever else a later version tells.
        default: break
        }
    }

    private mutating func end(_ event: ResponseEvent, _ reason: FinishReason) {
        append(reason)
        if let usage = event.stage.usage.usage { append(usage) }
        finish()
    }
}

private struct ResponseEvent {
    var type: String?
    var delta: String?
    var code: String?
    var error: JSON?
    var stage = RunStage()

    mutating func read(_ name: JSONName, from reader: inout JSONReader) throws(JSONError) {
        if name == "type" {
            type = try reader.string()
        } else if name == "delta" {
            delta = try reader.string()
        } else if name == "code" {
            code = try reader.string()
        } else if name == "error" {
            if try !reader.skipNull() { error = try reader.value() }
        } else if name == "response" {
            _ = try reader.object { reader, name throws(JSONError) in try stage.read(name, from: &reader) }
        }
    }
}

import JSONText

/// Chunks of chat completions.
///
/// Sources: platform.openai.com/docs/api-reference/chat-streaming; learn.microsoft.com/azure/ai-foundry/openai/reference
/// for what Azure adds: a first chunk without choices that says what a filter thinks of the prompt.
extension ArrivingAnswer {
    mutating func takeCompletion(_ frame: ServerSentEventDecoder.Frame) {
        if frame.data.starts(with: "[DONE]".utf8) { return finish() }
        var chunk = CompletionChunk(isError: frame.name == "error")
        guard read(frame.data, { reader, name throws(JSONError) in try chunk.read(name, from: &reader) }) else {
            return
        }
        if let error = chunk.error { return fail(Refusal(frame: error)) }
        if frame.name == "error" { return fail(Refusal(.unavailable(retryAfter: nil))) }
        if let choice = chunk.choice {
            append(text: choice.text)
            if let reason = choice.reason { append(FinishReason(reason)) }
        }
        if let usage = chunk.usage.usage { append(usage) }
    }
}

/// What one chunk says, as far as anybody here wants to know.
private struct CompletionChunk {
    struct Choice {
        var index = 0
        var text = ""
        var reason: String?
    }

    let isError: Bool
    /// Only the first choice is asked for.
    var choice: Choice?
    var usage = UsageReading()
    var error: JSON?

    init(isError: Bool) {
        self.isError = isError
    }

    mutating func read(_ name: JSONName, from reader: inout JSONReader) throws(JSONError) {
        if name == "choices" {
            _ = try reader.array { reader throws(JSONError) in
                var choice = Choice()
                let isObject = try reader.object { reader, name throws(JSONError) in
                    try choice.read(name, from: &reader)
                }
                if isObject, choice.index == 0, self.choice == nil { self.choice = choice }
            }
        } else if name == "usage" {
            try usage.read(&reader)
        } else if name == "error" {
            if try !reader.skipNull() { error = try reader.value() }
        }
    }
}

extension CompletionChunk.Choice {
    fileprivate mutating func read(_ name: JSONName, from reader: inout JSONReader) throws(JSONError) {
        if name == "delta" {
            _ = try reader.object { reader, name throws(JSONError) in
                // A model that declines says so in words of its own, which are as good as any.
                if name == "content" || name == "refusal" { text += try reader.string() ?? "" }
            }
        } else if name == "finish_reason" {
            reason = try reader.string()
        } else if name == "index" {
            index = try reader.integer() ?? 0
        }
    }
}

import JSONText

/// Events of an agent's run on a thread.
///
/// Source: the package azure-ai-agents 1.1.0, `models/_enums.py` (`AgentStreamEvent`, `RunStreamEvent`, `MessageStreamEvent`)
/// and `models/_models.py` (`ThreadRun`, `RunError`).
extension ArrivingAnswer {
    mutating func takeRun(_ frame: ServerSentEventDecoder.Frame) {
        switch frame.name {
        case "thread.message.delta": takeMessage(frame)
        case "thread.created": takeThread(frame)
        case "done": finish()
        case "error": takeError(frame)
        case "thread.run.created", "thread.run.completed", "thread.run.incomplete", "thread.run.failed",
            "thread.run.cancelled", "thread.run.expired", "thread.run.requires_action":
            takeStage(frame)
        // Steps, messages that begin and end, and whatever else a later version tells.
        default: break
        }
    }

    private mutating func takeMessage(_ frame: ServerSentEventDecoder.Frame) {
        var text = ""
        let isRead = read(frame.data) { reader, name throws(JSONError) in
            guard name == "delta" else { return }
            _ = try reader.object { reader, name throws(JSONError) in
                guard name == "content" else { return }
                _ = try reader.array { reader throws(JSONError) in text += try Self.piece(&reader) }
            }
        }
        if isRead { append(text: text) }
    }

    /// One piece of a message: pictures and quotations have no text.
    private static func piece(_ reader: inout JSONReader) throws(JSONError) -> String {
        var text = ""
        _ = try reader.object { reader, name throws(JSONError) in
            guard name == "text" else { return }
            _ = try reader.object { reader, name throws(JSONError) in
                if name == "value" { text = try reader.string() ?? "" }
            }
        }
        return text
    }

    private mutating func takeThread(_ frame: ServerSentEventDecoder.Frame) {
        var id: String?
        let isRead = read(frame.data) { reader, name throws(JSONError) in
            if name == "id" { id = try reader.string() }
        }
        if isRead, let id { enter(thread: id) }
    }

    private mutating func takeError(_ frame: ServerSentEventDecoder.Frame) {
        var error: JSON?
        let isRead = read(frame.data) { reader, name throws(JSONError) in
            // Some wrap it, as in the body of a refusal.
            if name == "error" || name == "code" { error = try reader.value() }
        }
        guard isRead else { return }
        fail(Refusal(frame: error?.members == nil ? ["code": error ?? .null] : error ?? .null))
    }

    /// The run has come to another stage, most of which are its end.
    private mutating func takeStage(_ frame: ServerSentEventDecoder.Frame) {
        var stage = RunStage()
        guard read(frame.data, { reader, name throws(JSONError) in try stage.read(name, from: &reader) }) else {
            return
        }
        if let thread = stage.thread { enter(thread: thread) }
        if let id = stage.id { begin(run: id) }
        switch frame.name {
        case "thread.run.completed": append(.stop)
        case "thread.run.incomplete": append(stage.reason.map { Self.reason($0) } ?? .length)
        case "thread.run.failed": return fail(Refusal(frame: stage.error ?? .null))
        case "thread.run.cancelled", "thread.run.expired": return fail(Refusal(.interrupted))
        // The agent waits for the result of a tool, which nobody here can give.
        case "thread.run.requires_action":
            return fail(Refusal(.rejected(status: 400, code: "requires_action"), mayRetry: false))
        default: break
        }
        if let usage = stage.usage.usage { append(usage) }
    }

    static func reason(_ word: String) -> FinishReason {
        switch word {
        case "max_completion_tokens", "max_prompt_tokens", "max_output_tokens": .length
        default: FinishReason(word)
        }
    }
}

/// What a run or a response says of itself.
struct RunStage {
    var id: String?
    var thread: String?
    var reason: String?
    var error: JSON?
    var usage = UsageReading()

    mutating func read(_ name: JSONName, from reader: inout JSONReader) throws(JSONError) {
        if name == "id" {
            id = try reader.string()
        } else if name == "thread_id" {
            thread = try reader.string()
        } else if name == "usage" {
            try usage.read(&reader)
        } else if name == "last_error" || name == "error" {
            if try !reader.skipNull() { error = try reader.value() }
        } else if name == "incomplete_details" {
            _ = try reader.object { reader, name throws(JSONError) in
                if name == "reason" { reason = try reader.string() }
            }
        }
    }
}

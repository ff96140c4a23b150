import DequeModule
import JSONText

/// The state of a streamed completion: bytes go in, parts of the answer come out.
///
/// Source of the frames: <https://platform.openai.com/docs/api-reference/chat-streaming>.
struct OpenAIStream {
    private var decoder = ServerSentEventDecoder()
    private var parts: Deque<ChatDelta> = []
    private var failure: OpenAIRefusal?
    private var isDone = false
    private var hasEvents = false
    /// Whether any text has come; from then on the question cannot be put again.
    private(set) var hasText = false

    /// The next part.
    ///
    /// - Throws: What went wrong, after all parts that came before it.
    mutating func next() throws(OpenAIRefusal) -> ChatDelta? {
        if let part = parts.popFirst() { return part }
        if let failure { throw failure }
        return nil
    }

    mutating func receive(_ bytes: some Sequence<UInt8>) {
        guard failure == nil, !isDone else { return }
        do throws(ServerSentEventDecoder.TooLarge) {
            for event in try decoder.events(in: bytes) where failure == nil && !isDone { receive(event) }
        } catch {
            failure = OpenAIRefusal(.malformed)
        }
    }

    /// The server has closed the stream; before `[DONE]` that cuts the answer short.
    mutating func end() {
        guard !isDone, failure == nil else { return }
        failure = OpenAIRefusal(hasEvents ? .interrupted : .malformed)
    }

    private mutating func receive(_ event: ServerSentEvent) {
        hasEvents = true
        if event.data == "[DONE]" {
            isDone = true
            return
        }
        guard let frame = try? JSON(parsing: event.data.utf8), frame.members != nil else {
            failure = OpenAIRefusal(.malformed)
            return
        }
        if let error = frame["error"], error != .null {
            failure = OpenAIRefusal(frame: error)
            return
        }
        // Only the first choice is asked for. Frames without any carry the usage, or what a filter says of the prompt.
        let choice = frame["choices"]?.array?.first { ($0["index"]?.integer ?? 0) == 0 }
        if let text = choice?["delta"]?["content"]?.string, !text.isEmpty {
            hasText = true
            parts.append(.text(text))
        }
        if let reason = choice?["finish_reason"]?.string { parts.append(.finished(FinishReason(reason))) }
        if let usage = frame["usage"], let prompt = usage["prompt_tokens"]?.integer,
            let completion = usage["completion_tokens"]?.integer
        {
            parts.append(.usage(TokenUsage(prompt: prompt, completion: completion)))
        }
    }
}

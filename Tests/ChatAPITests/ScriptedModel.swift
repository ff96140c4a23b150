import ModelStreaming

/// A model whose answer a test writes.
struct ScriptedModel: ChatModel {
    let name = "scripted"
    private let parts: AsyncThrowingStream<ChatDelta, any Error>
    let script: AsyncThrowingStream<ChatDelta, any Error>.Continuation
    /// Ends when nobody reads the answer any more.
    let stopped: AsyncStream<Never>

    init() {
        (parts, script) = AsyncThrowingStream.makeStream()
        let (stopped, stop) = AsyncStream<Never>.makeStream()
        self.stopped = stopped
        script.onTermination = { _ in stop.finish() }
    }

    func reply(to prompt: ChatPrompt) async throws -> ChatReply { ChatReply(parts) }

    func stops() async {
        for await _ in stopped {}
    }
}

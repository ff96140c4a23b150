public import Telemetry
import Tracing

/// One turn of a conversation.
public struct ChatMessage: Sendable, Hashable {
    /// Who speaks, in the words of OpenAI's API.
    public enum Role: String, Sendable, Hashable, CaseIterable { case system, user, assistant }

    public var role: Role
    public var content: String

    public init(role: Role, content: String) {
        self.role = role
        self.content = content
    }
}

/// What a model is asked: the conversation so far, and how to answer.
///
/// What is `nil` is left to the model.
public struct ChatPrompt: Sendable, Hashable {
    public var messages: [ChatMessage]
    /// Another model than the one that was configured.
    public var model: String?
    /// How long the answer may get, in tokens.
    public var maximumTokens: Int?
    /// How freely the model chooses: 0 to 2.
    public var temperature: Double?
    /// The share of likely tokens that the model chooses from: 0 to 1.
    public var topP: Double?
    /// Texts before which the answer ends.
    public var stop: [String]
    /// The conversation that this continues, for providers that keep them; the others do without.
    public var thread: String?
    /// Where in a trace the question was asked: answers are made elsewhere, and go on from there.
    ///
    /// It is the place of the work that makes the prompt; `nil` where nobody collects traces.
    public var trace: TraceParent?

    public init(
        messages: [ChatMessage],
        model: String? = nil,
        maximumTokens: Int? = nil,
        temperature: Double? = nil,
        topP: Double? = nil,
        stop: [String] = [],
        thread: String? = nil
    ) {
        self.messages = messages
        self.model = model
        self.maximumTokens = maximumTokens
        self.temperature = temperature
        self.topP = topP
        self.stop = stop
        self.thread = thread
        self.trace = InstrumentationContext.current?.trace
    }
}

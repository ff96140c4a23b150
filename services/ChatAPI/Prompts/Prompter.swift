import Events
import ModelStreaming

/// Makes what a model is asked of what clients say, of what was said before, and of the configuration.
struct Prompter: Sendable {
    var template: PromptTemplate
    var window: ContextWindow
    /// How freely the model chooses, where the client does not say it.
    var temperature: Double?
    /// The model that answers.
    var modelName: String
    var now: @Sendable () -> Timestamp = { .now }

    /// How much of a conversation is worth reading.
    var historyLimit: HistoryLimit { HistoryLimit(messages: 2 * window.pairs) }

    /// The prompt for a question that follows others.
    ///
    /// - Parameters:
    ///   - question: What is asked.
    ///   - history: What was said before, without what the model is told first.
    ///   - system: What the model is told first; the template where there is none.
    ///   - user: Who asks; empty where nobody has to say it.
    /// - Returns: The prompt, within the window of the model.
    func prompt(
        for question: ChatMessage,
        after history: [ChatMessage],
        system: String?,
        user: String
    ) -> ChatPrompt {
        var prompt = template.prompt(
            system: system,
            history: history,
            question: question,
            with: values(for: user),
            in: window
        )
        prompt.temperature = temperature
        return prompt
    }

    /// A prompt that somebody has brought along whole, with what it does not say.
    ///
    /// Nothing of it is left out: who brings a conversation decides how long it is.
    func completed(_ prompt: ChatPrompt, user: String) -> ChatPrompt {
        var prompt = prompt
        if prompt.messages.first?.role != .system {
            let system = ChatMessage(role: .system, content: template.text(with: values(for: user)))
            prompt.messages.insert(system, at: 0)
        }
        prompt.temperature = prompt.temperature ?? temperature
        return prompt
    }

    private func values(for user: String) -> PromptTemplate.Values {
        PromptTemplate.Values(
            date: String(now().text.prefix(10)),
            user: user.isEmpty ? "the user" : user,
            model: modelName
        )
    }
}

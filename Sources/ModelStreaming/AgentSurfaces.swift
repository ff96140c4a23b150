import Azure
import JSONText
import WebFormats

/// Agents of the older kind, which answer in runs on threads.
///
/// What is said goes to the thread with the run, in one request, so that no answer finds its question missing. OpenAI has
/// announced the end of its own service of this form for August 2026; whether Azure follows is not known here.
///
/// Source: the package azure-ai-agents 1.1.0, `operations/_operations.py`
struct RunSurface: ModelSurface {
    let format = AnswerFormat.run
    private let agent: FoundryAgent

    init(_ agent: FoundryAgent) {
        self.agent = agent
    }

    var opening: ModelRequest? { ModelRequest(url: address("/threads"), body: .object([])) }

    func request(_ question: ModelQuestion) -> ModelRequest {
        let prompt = question.prompt
        let news = question.news
        let thread = PercentEncoding.encode(question.thread ?? "")
        return ModelRequest(
            url: address("/threads/\(thread)/runs"),
            body: .compact([
                "assistant_id": .string(agent.id),
                "additional_instructions": question.instructions.map { .string($0) },
                "additional_messages": news.isEmpty ? nil : .array(news.map(\.json)),
                "stream": true,
                "max_completion_tokens": prompt.maximumTokens.map { JSON($0) },
                "temperature": prompt.temperature.map { JSON(floatLiteral: $0) },
                "top_p": prompt.topP.map { JSON(floatLiteral: $0) },
            ])
        )
    }

    /// A run goes on when nobody listens, and its thread takes no question meanwhile.
    func stopping(run: String, in thread: String) -> ModelRequest? {
        let path = "/threads/\(PercentEncoding.encode(thread))/runs/\(PercentEncoding.encode(run))/cancel"
        return ModelRequest(url: address(path), body: .object([]))
    }

    private func address(_ path: String) -> String {
        agent.project.appending(path: path, query: [("api-version", "v1")]).text
    }
}

/// Agents of the current kind, which answer as OpenAI's Responses do.
///
/// A thread is a conversation here: its name stays the same from answer to answer, as that of the older threads does. That
/// an agent takes `temperature` and the like beside its own settings is not known; they are sent only when asked for.
///
/// Source: the package azure-ai-projects 2.10.0: `openai/v1` below the project, and `agent_reference`
struct ResponseSurface: ModelSurface {
    let format = AnswerFormat.response
    private let agent: FoundryAgent

    init(_ agent: FoundryAgent) {
        self.agent = agent
    }

    var opening: ModelRequest? { ModelRequest(url: address("/conversations"), body: .object([])) }

    func request(_ question: ModelQuestion) -> ModelRequest {
        let prompt = question.prompt
        let instructions = question.instructions.map { [ChatMessage(role: .system, content: $0)] } ?? []
        return ModelRequest(
            url: address("/responses"),
            body: .compact([
                "agent_reference": ["name": .string(agent.id), "type": "agent_reference"],
                "conversation": question.thread.map { .string($0) },
                "input": .array((instructions + question.news).map(\.json)),
                "stream": true,
                "max_output_tokens": prompt.maximumTokens.map { JSON($0) },
                "temperature": prompt.temperature.map { JSON(floatLiteral: $0) },
                "top_p": prompt.topP.map { JSON(floatLiteral: $0) },
            ])
        )
    }

    private func address(_ path: String) -> String {
        agent.project.appending(path: "/openai/v1" + path, query: [("api-version", "v1")]).text
    }
}

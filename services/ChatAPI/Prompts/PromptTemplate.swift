import ModelStreaming

/// What a model is told first, with places for what is known only when somebody asks.
///
/// ```swift
/// let template = try PromptTemplate("You help {{user}}. Today is {{date}}.")
/// let prompt = template.prompt(history: history, question: question, with: values)
/// ```
struct PromptTemplate: Sendable, Hashable {
    /// What a template can ask for.
    enum Variable: String, Sendable, Hashable, CaseIterable {
        /// The day, in UTC: `2026-01-01`.
        case date
        /// Who asks; `the user` where nobody has to say who they are.
        case user
        /// The model that answers.
        case model
    }

    /// What the variables stand for now.
    struct Values: Sendable, Hashable {
        var date: String
        var user: String
        var model: String

        subscript(variable: Variable) -> String {
            switch variable {
            case .date: date
            case .user: user
            case .model: model
            }
        }
    }

    private enum Part: Sendable, Hashable {
        case text(String)
        case variable(Variable)
    }

    private let parts: [Part]

    /// Reads a text in which `{{name}}` stands for a variable; two braces that nothing closes are text.
    ///
    /// - Throws: ``UnknownVariables`` with all of them.
    init(_ text: String) throws(UnknownVariables) {
        var parts: [Part] = []
        var unknown: [String] = []
        var rest = text[...]
        while let opening = rest.firstRange(of: "{{"),
            let closing = rest[opening.upperBound...].firstRange(of: "}}")
        {
            let name = rest[opening.upperBound..<closing.lowerBound].filter { !$0.isWhitespace }
            parts.append(.text(String(rest[..<opening.lowerBound])))
            if let variable = Variable(rawValue: name) {
                parts.append(.variable(variable))
            } else {
                unknown.append(name)
            }
            rest = rest[closing.upperBound...]
        }
        guard unknown.isEmpty else { throw UnknownVariables(names: unknown) }
        self.parts = parts + [.text(String(rest))]
    }

    /// A text in which nothing stands for anything else.
    init(plain text: String) {
        parts = [.text(text)]
    }

    /// The text, with everything in its place.
    func text(with values: Values) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .variable(let variable): values[variable]
            }
        }
        .joined()
    }

    /// What the model is asked.
    ///
    /// - Parameters:
    ///   - system: What the client wants the model to be told first, word for word; the template where it says nothing.
    ///   - history: What was said before.
    ///   - question: What is asked now.
    ///   - values: What the variables stand for.
    ///   - window: How much the model takes in; what was said first is left out where there is too much.
    /// - Returns: The prompt.
    func prompt(
        system: String? = nil,
        history: [ChatMessage],
        question: ChatMessage,
        with values: Values,
        in window: ContextWindow
    ) -> ChatPrompt {
        let system = ChatMessage(role: .system, content: system ?? text(with: values))
        return ChatPrompt(messages: [system] + window.latest(of: history, beside: [system, question]) + [question])
    }

    /// Names that stand for nothing.
    struct UnknownVariables: Error, Sendable, Hashable {
        let names: [String]
    }
}

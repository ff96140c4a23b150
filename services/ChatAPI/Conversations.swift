import HTTPTypes
import Logging
import ModelStreaming
import ServiceKit

/// Questions and answers that follow one another.
struct Conversations: Sendable {
    let engine: GenerationEngine
    let store: any ConversationStore
    /// What a model is told first, where nobody says otherwise.
    let systemPrompt: String
    let logger: Logger

    /// Asks the next question of a conversation.
    ///
    /// The question and its answer are kept together, once there is an answer: whole, or as far as it came.
    ///
    /// - Parameters:
    ///   - message: The question.
    ///   - conversation: Where to keep what is said now.
    ///   - isNew: Whether nothing can have been said before.
    ///   - system: What the model is told first.
    /// - Returns: A follower of the answer.
    /// - Throws: `APIError`: 404 for somebody else's conversation, 503 when there is too much to do.
    func ask(
        _ message: String,
        in conversation: ConversationKey,
        isNew: Bool,
        system: String?
    ) async throws -> GenerationFollower {
        let history = isNew ? [] : try await history(of: conversation)
        let question = ChatMessage(role: .user, content: message)
        let prompt = ChatPrompt(messages: [systemMessage(system)] + history + [question])
        return try begin(prompt) { [store, logger] answer, _ in
            guard !answer.text.isEmpty else { return }
            let messages = [question, ChatMessage(role: .assistant, content: answer.text)]
            do {
                try await store.append(messages, to: conversation)
            } catch {
                logger.error("an answer could not be kept", metadata: ["error": "\(type(of: error))"])
            }
        }
    }

    /// Asks a question that brings its own history, and keeps nothing.
    ///
    /// - Throws: `APIError` with 503 when there is too much to do.
    func ask(_ prompt: ChatPrompt) throws(APIError) -> GenerationFollower {
        var prompt = prompt
        if prompt.messages.first?.role != .system { prompt.messages.insert(systemMessage(nil), at: 0) }
        return try begin(prompt) { _, _ in }
    }

    private func history(of conversation: ConversationKey) async throws -> [ChatMessage] {
        do {
            return try await store.history(of: conversation, limit: HistoryLimit())
        } catch ConversationError.foreign {
            throw APIError(.notFound, code: "not_found", message: "There is no such conversation.")
        }
    }

    private func systemMessage(_ text: String?) -> ChatMessage {
        ChatMessage(role: .system, content: text ?? systemPrompt)
    }

    private func begin(
        _ prompt: ChatPrompt,
        conclusion: @escaping GenerationEngine.Conclusion
    ) throws(APIError) -> GenerationFollower {
        do throws(GenerationEngine.Busy) {
            return try engine.begin(prompt, conclusion: conclusion)
        } catch {
            throw APIError(
                .serviceUnavailable,
                code: "busy",
                message: "Too many answers are being made. Try again in a moment.",
                headers: [.retryAfter: "1"]
            )
        }
    }
}

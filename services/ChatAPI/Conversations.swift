import HTTPTypes
import Logging
import ModelStreaming
import ServiceKit

/// Questions and answers that follow one another.
struct Conversations: Sendable {
    let engine: GenerationEngine
    let store: any ConversationStore
    /// Makes what a model is asked.
    let prompter: Prompter

    /// Asks the next question of a conversation.
    ///
    /// The question and its answer are kept together, once there is an answer: whole, or as far as it came.
    ///
    /// - Parameters:
    ///   - message: The question.
    ///   - conversation: Where to keep what is said now.
    ///   - thread: What the client calls the thread.
    ///   - isNew: Whether nothing can have been said before.
    ///   - system: What the model is told first.
    /// - Returns: A follower of the answer.
    /// - Throws: `APIError`: 404 for somebody else's conversation, 503 when there is too much to do.
    func ask(
        _ message: String,
        in conversation: ConversationKey,
        thread: String,
        isNew: Bool,
        system: String?
    ) async throws -> GenerationFollower {
        let history = isNew ? [] : try await history(of: conversation)
        let question = ChatMessage(role: .user, content: message)
        var prompt = prompter.prompt(for: question, after: history, system: system, user: conversation.owner)
        prompt.thread = thread == conversation.id ? nil : thread
        let request = GenerationRequest(
            owner: conversation.owner,
            prompt: prompt,
            turn: .init(conversation: conversation, thread: thread, said: [question])
        )
        return try await begin(request)
    }

    /// Asks a question that brings its own history, and keeps nothing.
    ///
    /// - Throws: `APIError` with 503 when there is too much to do.
    func ask(
        _ prompt: ChatPrompt,
        as id: GenerationID = .random(),
        by user: String
    ) async throws -> GenerationFollower {
        // What many may share is nobody's in particular.
        let owner = id.isShared ? "" : user
        let request = GenerationRequest(id: id, owner: owner, prompt: prompter.completed(prompt, user: owner))
        return try await begin(request)
    }

    /// Goes on with an answer where its client has lost it.
    ///
    /// - Returns: `nil` when there is nothing more to hear.
    /// - Throws: `APIError`: 404 for an answer that is not, or not any more, and for somebody else's; 400 for a place
    ///   that is not in it.
    func resume(_ place: GenerationPlace, by user: String) async throws -> GenerationFollower? {
        let follower: GenerationFollower?
        do {
            let start = if case .text(let bytes) = place.place { bytes } else { 0 }
            follower = try await engine.log.follow(place.id, from: start)
        } catch is UnknownPlace {
            throw APIError.unknownPlace
        }
        guard let follower, follower.generation.request.mayBeFollowed(by: user) else {
            throw APIError.unknownGeneration
        }
        return place.place == .end ? nil : follower
    }

    /// Stops an answer, or the one that is being made in a conversation.
    ///
    /// - Throws: `APIError` with 404 when there is none of that name.
    func cancel(_ name: String, by user: String) async throws {
        let running = try await engine.log.running(in: ConversationKey(id: name, owner: user))
        guard let id = running ?? GenerationID(name), let generation = try await engine.log.generation(id),
            generation.request.mayBeFollowed(by: user), !id.isShared
        else { throw APIError.unknownGeneration }
        try await engine.log.cancel(id)
    }

    /// Ends what is being said in a conversation, and waits until it is kept.
    func stop(in conversation: ConversationKey) async throws {
        while let id = try await engine.log.running(in: conversation),
            let follower = try await engine.log.follow(id, from: 0), follower.generation.end == nil
        {
            try await engine.log.cancel(id)
            await follower.waitForEnd()
        }
    }

    func history(of conversation: ConversationKey) async throws -> [ChatMessage] {
        do {
            return try await store.history(of: conversation, limit: prompter.historyLimit)
        } catch ConversationError.foreign {
            throw APIError.noSuchConversation
        }
    }

    func begin(_ request: GenerationRequest) async throws -> GenerationFollower {
        do {
            return try await engine.begin(request)
        } catch is GenerationEngine.Busy {
            throw APIError(
                .serviceUnavailable,
                code: "busy",
                message: "Too many answers are being made. Try again in a moment.",
                headers: [.retryAfter: "1"]
            )
        }
    }
}

/// Keeps what was said in conversations.
struct ConversationRecorder: Sendable {
    let store: any ConversationStore
    let logger: Logger

    /// Keeps a question with its answer, as far as it came.
    func record(_ request: GenerationRequest, _ answer: ChatAnswer) async {
        guard let turn = request.turn, !answer.text.isEmpty else { return }
        let messages = turn.said + [ChatMessage(role: .assistant, content: answer.text)]
        do {
            try await store.append(messages, to: turn.conversation)
        } catch {
            logger.error("an answer could not be kept", metadata: ["error": "\(type(of: error))"])
        }
    }
}

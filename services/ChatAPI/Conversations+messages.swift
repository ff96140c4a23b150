import HTTPTypes
import ModelStreaming
import ServiceKit

/// A conversation as its client has it, the question last.
///
/// What the client sends and what is kept may differ: it was edited there, or comes from elsewhere. These are the rules.
///
/// - The model sees what the client sends. Only a question that comes alone continues what is kept.
/// - What is kept stays. Added is what the client sends beyond it: everything after the longest beginning that is how
///   the kept conversation ends. So a client may send all, the latest or only the new messages, and nothing is kept
///   twice; and one that has changed something before the end finds its version after the old one.
struct BroughtConversation: Sendable, Hashable {
    /// What was said before.
    let history: [ChatMessage]
    let question: ChatMessage
    /// What the model is told first, where the client says it.
    var system: String?

    /// The messages that are not kept yet, the question among them.
    ///
    /// - Parameter kept: How the kept conversation ends, with as many messages as the client has sent before its
    ///   question; fewer where there are no more.
    /// - Returns: What to keep before the answer.
    func additions(to kept: [ChatMessage]) -> [ChatMessage] {
        let brought = history.map(\.storable)
        return Array(history.dropFirst(Self.overlap(of: brought, with: kept))) + [question]
    }

    /// The length of the longest beginning of one list that is the ending of another.
    ///
    /// Source: Knuth, Morris and Pratt, Fast Pattern Matching in Strings, 1977.
    private static func overlap(of beginning: [ChatMessage], with ending: [ChatMessage]) -> Int {
        var borders: [Int] = []
        var length = 0
        for message in beginning {
            while length > 0, message != beginning[length] { length = borders[length - 1] }
            if !borders.isEmpty, message == beginning[length] { length += 1 }
            borders.append(length)
        }
        length = 0
        for message in ending {
            while length > 0, length == beginning.count || message != beginning[length] { length = borders[length - 1] }
            if length < beginning.count, message == beginning[length] { length += 1 }
        }
        return length
    }
}

extension ChatMessage {
    fileprivate var storable: ChatMessage { ChatMessage(role: role, content: storableContent) }
}

extension Conversations {
    /// Asks a question that brings its conversation along, and keeps both.
    ///
    /// - Parameters:
    ///   - brought: What the client has.
    ///   - conversation: Where to keep what is new, with its answer.
    ///   - adjust: Changes how the model is asked.
    /// - Returns: A follower of the answer.
    /// - Throws: `APIError`: 404 for somebody else's conversation, 503 when there is too much to do.
    func ask(
        _ brought: BroughtConversation,
        in conversation: ConversationKey,
        adjust: (inout ChatPrompt) -> Void = { _ in }
    ) async throws -> GenerationFollower {
        let kept = try await history(of: conversation, for: brought)
        let additions = brought.additions(to: kept)
        var prompt = prompter.prompt(
            for: brought.question,
            after: brought.history.isEmpty ? kept : brought.history,
            system: brought.system,
            user: conversation.owner
        )
        adjust(&prompt)
        let turn = GenerationRequest.Turn(conversation: conversation, thread: conversation.id, said: additions)
        let request = GenerationRequest(owner: conversation.owner, prompt: prompt, turn: turn)
        return try await begin(request)
    }

    private func history(
        of conversation: ConversationKey,
        for brought: BroughtConversation
    ) async throws -> [ChatMessage] {
        guard !brought.history.isEmpty else { return try await history(of: conversation) }
        let size = brought.history.reduce(0) { $0 + $1.storableContent.utf8.count }
        do {
            let limit = HistoryLimit(messages: brought.history.count, bytes: size)
            return try await store.history(of: conversation, limit: limit)
        } catch ConversationError.foreign {
            throw APIError.noSuchConversation
        }
    }
}

extension APIError {
    /// Also for somebody else's: who has no business with a conversation does not learn that there is one.
    static let noSuchConversation = APIError(
        .notFound,
        code: "not_found",
        message: "There is no such conversation."
    )
}

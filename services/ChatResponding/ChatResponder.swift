import Crypto
public import Events
import JSONText
public import Logging
public import Messaging
public import ModelStreaming
import WebFormats

/// Answers `llm.chat` events: asks the model, and publishes its reply as an event of its own.
public struct ChatResponder: Sendable {
    public static let name = "ChatResponder"

    private let model: any ChatModel
    private let answers: any MessageSender
    private let logger: Logger

    /// Prepares to answer.
    ///
    /// - Parameters:
    ///   - model: Who writes the replies.
    ///   - answers: The queue that takes them.
    ///   - logger: Says which model answered how long; never what.
    public init(model: any ChatModel, answers: any MessageSender, logger: Logger) {
        self.model = model
        self.answers = answers
        self.logger = logger
    }

    /// Answers one event.
    ///
    /// - Parameters:
    ///   - event: The request, with the id under which it was accepted.
    ///   - trace: The `traceparent` that the answer goes on with.
    /// - Throws: `RejectedMessage` for an event without messages, and for one that the model will never take; whatever
    ///   the model or the broker throws otherwise, and then the event should be delivered again.
    public func handle(_ event: Event, trace: String? = nil) async throws {
        let chat: LLMChatEvent
        do {
            chat = try LLMChatEvent(event)
        } catch {
            throw RejectedMessage(reason: "InvalidChat", description: error.summary)
        }
        let prompt = ChatPrompt(
            messages: chat.messages.map { message in
                ChatMessage(role: ChatMessage.Role(rawValue: message.role) ?? .user, content: message.content)
            }
        )
        let answer = try await answer(to: prompt)
        var message = try Self.answer(to: event, saying: answer.text).message()
        message.traceParent = trace
        try await answers.send([message])
        var facts: Logger.Metadata = [
            "event": "\(event.id ?? "")", "user": "\(event.userID)", "model": "\(model.name)",
        ]
        if let trace { facts["traceparent"] = "\(trace)" }
        if let usage = answer.usage {
            facts["tokens_in"] = .stringConvertible(usage.prompt)
            facts["tokens_out"] = .stringConvertible(usage.completion)
        }
        logger.info("answered a chat", metadata: facts)
    }

    private func answer(to prompt: ChatPrompt) async throws -> ChatAnswer {
        do {
            return try await model.reply(to: prompt).answer()
        } catch let error as ChatModelError {
            switch error {
            case .rejected, .tooLong: throw RejectedMessage(reason: "ModelRejected", description: error.description)
            case .unauthorized, .rateLimited, .unavailable, .interrupted, .malformed: throw error
            }
        }
    }

    /// The event that carries a reply.
    ///
    /// Its id is derived from the request's, so that a queue which deduplicates keeps one answer when the request was
    /// delivered twice.
    static func answer(to event: Event, saying reply: String) -> Event {
        Event(
            id: event.id.map { id in
                SHA256.hash(data: Array("\(id)/response".utf8)).prefix(16).hexadecimal
            },
            source: name,
            type: LLMChatEvent.responseType,
            userID: event.userID,
            correlationID: event.id,
            metadata: [.init("reply", .string(reply))]
        )
    }
}

import ChatResponding
import Events
import Logging
import Messaging

/// The one consumer of the event queue: hands each event to the worker for its type.
struct HandleEvent: Sendable {
    let messenger: UserMessenger
    let chat: Chat
    let logger: Logger

    /// Who answers chats: the function app itself, or a worker behind a queue of its own.
    enum Chat: Sendable {
        case here(ChatResponder)
        case forwarded(to: any MessageSender)
    }

    func handle(_ event: Event, message: ReceivedMessage) async throws {
        switch event.type {
        case LLMChatEvent.type:
            switch chat {
            case .here(let responder): try await responder.handle(event)
            case .forwarded(let queue): try await queue.send([try event.message()])
            }
        case UserMessenger.messageType, LLMChatEvent.responseType: try await messenger.handle(event)
        default: logger.info("no worker for this type", metadata: ["event": "\(message.id)", "type": "\(event.type)"])
        }
    }
}

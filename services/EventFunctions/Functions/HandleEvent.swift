import ChatResponding
import CoreMetrics
import Events
import Logging
import Messaging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The one consumer of the event queue: hands each event to the worker for its type.
struct HandleEvent: Sendable {
    let messenger: UserMessenger
    let chat: Chat
    /// Whether an event that no worker is for is a mistake of its sender's.
    let isStrict: Bool
    let logger: Logger

    /// Who answers chats: the function app itself, or a worker behind a queue of its own.
    enum Chat: Sendable {
        case here(ChatResponder)
        case forwarded(to: any MessageSender)
    }

    /// Handles one event, and counts what became of it.
    func handle(_ event: Event, message: ReceivedMessage) async throws {
        let worker = Worker(event.type)
        let dimensions = [("type", worker == nil ? "other" : event.type)]
        Timer(label: "events.age", dimensions: dimensions).recordSeconds(
            max(0, Date().timeIntervalSince(message.enqueuedAt))
        )
        func count(_ outcome: String) {
            Counter(label: "events.handled", dimensions: dimensions + [("outcome", outcome)]).increment()
        }
        do {
            try await handle(event, by: worker, message)
            count("done")
        } catch {
            count(error is RejectedMessage ? "rejected" : "failed")
            throw error
        }
    }

    private enum Worker {
        case responder
        case messenger

        init?(_ type: String) {
            switch type {
            case LLMChatEvent.type: self = .responder
            case UserMessenger.messageType, LLMChatEvent.responseType: self = .messenger
            default: return nil
            }
        }
    }

    private func handle(_ event: Event, by worker: Worker?, _ message: ReceivedMessage) async throws {
        let trace = message.traceParent
        switch (worker, chat) {
        case (.responder, .here(let responder)): try await responder.handle(event, trace: trace)
        case (.responder, .forwarded(let queue)):
            var forwarded = try event.message()
            forwarded.traceParent = trace
            try await queue.send([forwarded])
        case (.messenger, _): try await messenger.handle(event, trace: trace)
        case (nil, _) where isStrict:
            throw RejectedMessage(reason: "UnknownType", description: "no worker is for events of this type")
        case (nil, _):
            logger.info(
                "no worker for this type",
                metadata: ["event": "\(message.id)", "type": "\(event.type)", "traceparent": "\(trace ?? "")"]
            )
        }
    }
}

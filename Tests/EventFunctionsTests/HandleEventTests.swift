import ChatResponding
import Events
import Foundation
import JSONText
import Logging
import Messaging
import ModelStreaming
import Settings
import Synchronization
import Testing

@testable import EventFunctions

struct ChatResponderTests {
    @Test func `a chat is answered under an id that a second delivery gives again`() async throws {
        let sent = SentMessages()
        let responder = ChatResponder(model: OfflineModel(), answers: sent, logger: .silent)
        let chat = LLMChatEvent(source: "web", userID: "ada", messages: [.init(role: "user", content: "Hi")])
        var event = chat.event
        event.id = "request-1"
        try await responder.handle(event)
        try await responder.handle(event)
        let messages = sent.messages
        #expect(messages.count == 2)
        #expect(Set(messages.map(\.id)).count == 1)
        #expect(messages[0].correlationID == "request-1")
        #expect(messages[0].subject == "llm.chat.response")
        let answer = try Event(try JSON(parsing: messages[0].body))
        #expect(answer.userID == "ada")
        #expect(answer.source == "ChatResponder")
        #expect(JSON.object(answer.metadata)["reply"]?.string?.isEmpty == false)
    }

    @Test func `a chat without messages is rejected with the reason`() async {
        let responder = ChatResponder(model: OfflineModel(), answers: SentMessages(), logger: .silent)
        let event = Event(id: "1", source: "s", type: LLMChatEvent.type, userID: "ada")
        let error = await #expect(throws: RejectedMessage.self) { try await responder.handle(event) }
        #expect(error?.reason == "InvalidChat")
        #expect(error?.description.contains("metadata.messages") == true)
    }
}

struct HandleEventTests {
    @Test(arguments: [false, true])
    func `an event that no worker is for is taken, or a mistake where operators say so`(isStrict: Bool) async throws {
        let handle = HandleEvent(
            messenger: UserMessenger(destination: nil, logger: .silent),
            chat: .forwarded(to: SentMessages()),
            isStrict: isStrict,
            logger: .silent
        )
        let event = Event(id: "1", source: "s", type: "movement", userID: "ada")
        let message = ReceivedMessage(event)
        if isStrict {
            let error = await #expect(throws: RejectedMessage.self) { try await handle.handle(event, message: message) }
            #expect(error?.reason == "UnknownType")
        } else {
            try await handle.handle(event, message: message)
        }
    }

    @Test func `a forwarded chat keeps its id and its trace`() async throws {
        let generations = SentMessages()
        let handle = HandleEvent(
            messenger: UserMessenger(destination: nil, logger: .silent),
            chat: .forwarded(to: generations),
            isStrict: false,
            logger: .silent
        )
        let event = Event(id: "1", source: "s", type: LLMChatEvent.type, userID: "ada")
        var message = ReceivedMessage(event)
        message.properties["Diagnostic-Id"] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        try await handle.handle(event, message: message)
        #expect(generations.messages.map(\.id) == ["1"])
        #expect(generations.messages[0].traceParent?.contains("4bf92f3577b34da6a3ce929d0e0e4736") == true)
    }
}

extension ReceivedMessage {
    /// An event as its worker gets it the first time.
    init(_ event: Event) {
        self.init(
            id: event.id ?? "",
            subject: event.type,
            correlationID: nil,
            contentType: "application/json",
            body: event.json.bytes,
            properties: [:],
            deliveryCount: 1,
            enqueuedAt: Date(),
            lockedUntil: Date().addingTimeInterval(60),
            lock: MessageLock(token: "lock")
        )
    }
}

/// A queue that only remembers.
final class SentMessages: MessageSender {
    private let sent = Mutex<[OutgoingMessage]>([])

    var messages: [OutgoingMessage] { sent.withLock { $0 } }

    func send(_ messages: [OutgoingMessage]) async throws {
        sent.withLock { $0 += messages }
    }
}

extension Logger {
    static var silent: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }
}

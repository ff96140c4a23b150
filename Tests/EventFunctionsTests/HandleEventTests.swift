import ChatResponding
import Events
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

struct UserMessengerTests {
    @Test func `the signature is the one that webhooks use`() {
        // The example of GitHub's documentation on validating webhook deliveries.
        let signature = UserMessenger.signature(
            of: Array("Hello, World!".utf8),
            with: .init("It's a Secret to Everybody")
        )
        #expect(signature == "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")
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

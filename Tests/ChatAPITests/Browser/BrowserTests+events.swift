import AsyncHTTPClient
import FakeUpstream
import JSONText
import NIOHTTP1
import Testing

@testable import ChatAPI

extension BrowserTests {
    @Suite struct Events {
        @Test func `a chat travels as an event, and its answer arrives as a notice`() async throws {
            try await FakeUpstream.run { events in
                try await RunningChat.run(
                    adjust: {
                        $0.eventsURL = "http://127.0.0.1:\(events.port)"
                        $0.eventsSigningKey = ConversationTests.key
                    }
                ) { chat in
                    try await WebDriver.run(width: 900, height: 700) { browser in
                        try await browser.visit(chat.url)
                        try await browser.click("#modes label:last-of-type")
                        try await browser.wait(until: "!document.querySelector('#welcome-events').hidden")
                        try await Self.ask("Hello", answer: "**Hi**", as: "e-1", browser, chat, events)
                        let sent = try await Self.ask("And now?", answer: "Fine", as: "e-2", browser, chat, events)
                        let contents = sent["metadata"]?["messages"]?.array?.compactMap { $0["content"]?.string }
                        #expect(contents == ["Hello", "**Hi**", "And now?"])
                        let notice: JSON = ["userID": "guest", "type": "user.message", "text": "Tea is ready"]
                        #expect(try await chat.post("/notify", notice).status == .noContent)
                        try await browser.wait(until: "\(answer) === 'Tea is ready'")
                        #expect(try await browser.value(of: messageCount) == 5)
                        #expect(try await browser.complaints() == [])
                    }
                }
            }
        }

        @Test func `the switch is not there without an event API`() async throws {
            try await RunningChat.run { chat in
                try await WebDriver.run(width: 900, height: 700) { browser in
                    try await browser.visit("\(chat.url)/#/events")
                    #expect(try await browser.value(of: "document.querySelector('#modes').hidden") == true)
                    #expect(try await browser.value(of: "document.querySelector('#welcome-events').hidden") == true)
                }
            }
        }

        /// Asks in the page, accepts the event, and delivers the answer as the event functions do.
        @discardableResult
        private static func ask(
            _ text: String,
            answer reply: String,
            as id: String,
            _ browser: WebDriver,
            _ chat: RunningChat,
            _ events: FakeUpstream
        ) async throws -> JSON {
            try await browser.type("\(text)\n", into: "#message")
            let call = try await events.nextCall()
            try await call.refuse(.accepted, body: #"{"id":"\#(id)"}"#)
            let notice: JSON = [
                "userID": "guest", "type": "llm.chat.response", "text": .string(reply),
                "event": ["correlationID": .string(id), "metadata": ["reply": .string(reply)]],
            ]
            #expect(try await chat.post("/notify", notice).status == .noContent)
            try await browser.wait(until: "\(answer) === '\(reply.replacing("*", with: ""))'")
            return try JSON(parsing: call.body)
        }
    }
}

import FakeUpstream
import ModelStreaming
import JSONText
import NIOHTTP1
import ServiceKit
import Testing

@testable import ChatAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The page in a real browser.
///
/// Where none is installed the suite is skipped, but not where `CI=true` says that one must be.
@Suite(
    .enabled(
        if: WebDriver.isInstalled || ProcessInfo.processInfo.environment["CI"] == "true",
        "chromedriver is not installed"
    ),
    .serialized,
    .timeLimit(.minutes(3))
)
struct BrowserTests {
    static let answer = "document.querySelector('.answer:last-child .body')?.textContent"
    static let isDone = "document.querySelector('#stop').hidden"
    static let messageCount = "document.querySelectorAll('#messages > li').length"

    /// Asks a question in the page and gives the call that it causes.
    static func ask(_ text: String, _ browser: WebDriver, _ chat: RunningChat) async throws -> UpstreamCall {
        try await browser.type("\(text)\n", into: "#message")
        let call = try await chat.upstream.nextCall()
        try await call.begin()
        return call
    }

    @Test func `a message streams in, and the stop button stops the model`() async throws {
        try await RunningChat.run { chat in
            try await WebDriver.run(width: 900, height: 700) { browser in
                try await browser.visit(chat.url)
                #expect(try await browser.value(of: "document.activeElement.id") == "message")
                let call = try await Self.ask("Hello there", browser, chat)
                try await call.send(text: "<b>one</b>")
                try await browser.wait(until: "\(Self.answer) === '<b>one</b>'")
                try await call.send(text: " two")
                try await browser.wait(until: "\(Self.answer) === '<b>one</b> two'")
                #expect(try await browser.value(of: "document.querySelector('#send').hidden") == true)
                try await browser.click("#stop")
                try await call.callerLeaves()
                try await browser.wait(until: "document.querySelector('div.note')?.textContent.includes('Stopped')")
                #expect(try await browser.value(of: "document.activeElement.id") == "message")
                #expect(try await browser.value(of: "document.querySelector('#notice').hidden") == true)
                #expect(try await browser.complaints() == [])
            }
        }
    }

    @Test func `an error can be tried again, and the next question continues`() async throws {
        try await RunningChat.run { chat in
            try await WebDriver.run(width: 900, height: 700) { browser in
                try await browser.visit(chat.url)
                try await browser.type("Hello\n", into: "#message")
                try await chat.upstream.nextCall().refuse(.unauthorized)
                try await browser.wait(until: "document.querySelector('[role=alert] button') !== null")
                try await browser.click("[role=alert] button")
                let second = try await chat.upstream.nextCall()
                try await second.begin()
                try await second.send(text: "Hi")
                try await second.finish()
                try await browser.wait(until: Self.isDone)
                #expect(try await browser.value(of: Self.messageCount) == 2)
                let third = try await Self.ask("And now?", browser, chat)
                #expect(try third.messages.dropFirst() == ["user: Hello", "assistant: Hi", "user: And now?"])
                try await browser.click("#new")
                #expect(try await browser.value(of: Self.messageCount) == 0)
                #expect(try await browser.value(of: "location.hash") == "#/")
            }
        }
    }

    @Test func `the offline responder is announced, on a screen of 320 px too`() async throws {
        try await RunningChat.run(adjust: { $0.model = .offline }) { chat in
            try await WebDriver.run(width: 900, height: 700) { browser in
                try await browser.emulate(width: 320, height: 640)
                try await browser.visit(chat.url)
                try await browser.type("Hello\n", into: "#message")
                try await browser.wait(until: "!document.querySelector('#notice').hidden")
                try await browser.wait(until: "\(Self.answer)?.includes('OPENAI_API_KEY')")
                let overflow = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
                #expect(try await browser.value(of: overflow) == false)
            }
        }
    }

    @Test func `a token is asked for once and then used`() async throws {
        try await RunningChat.run(
            adjust: {
                $0.model = .offline
                $0.signingKey = ConversationTests.key
            }
        ) { chat in
            let token = try await BearerIssuer(signingKey: ConversationTests.key).token(
                for: "ada",
                lifetime: .seconds(60)
            )
            try await WebDriver.run(width: 900, height: 700) { browser in
                try await browser.visit(chat.url)
                try await browser.wait(until: "document.querySelector('#access').open")
                try await browser.type("\(token)\n", into: "#token")
                try await browser.wait(until: "!document.querySelector('#access').open")
                try await browser.type("Hello\n", into: "#message")
                try await browser.wait(until: "\(Self.answer)?.includes('offline')")
                #expect(try await browser.value(of: "localStorage.length") == 0)
            }
        }
    }
}

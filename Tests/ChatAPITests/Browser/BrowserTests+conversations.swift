import FakeUpstream
import JSONText
import Testing
import TestNetwork

@testable import ChatAPI

extension BrowserTests {
    @Suite struct Conversations {
        private static let conversations = "document.querySelectorAll('#chats li').length"

        @Test func `a reload keeps the conversation, and the list opens and deletes it`() async throws {
            try await RunningChat.run { chat in
                try await WebDriver.run(width: 1000, height: 700) { browser in
                    try await browser.visit(chat.url)
                    let call = try await ask("Hello *you*", browser, chat)
                    try await call.send(text: "**Hi**")
                    try await call.finish()
                    try await browser.wait(until: "\(Self.conversations) === 1")
                    let address = try await browser.value(of: "location.hash").string ?? ""
                    #expect(address.hasPrefix("#/chat/"))
                    try await browser.value(of: "location.reload()")
                    try await browser.wait(until: "document.querySelector('.answer strong')?.textContent === 'Hi'")
                    #expect(
                        try await browser.value(of: "document.querySelector('.question .body').textContent")
                            == "Hello *you*"
                    )
                    try await browser.click("#new")
                    try await browser.wait(until: "\(messageCount) === 0")
                    try await browser.click("#chats a")
                    try await browser.wait(until: "\(messageCount) === 2")
                    #expect(try await browser.value(of: "location.hash").string == address)
                    try await browser.click("#chats li button")
                    try await browser.wait(until: "document.querySelector('#confirm').open")
                    try await browser.press(Key.escape)
                    #expect(try await browser.value(of: Self.conversations) == 1)
                    try await browser.click("#chats li button")
                    try await browser.click("#confirm .danger")
                    try await browser.wait(until: "\(Self.conversations) === 0 && \(messageCount) === 0")
                    #expect(try await browser.complaints() == [])
                }
            }
        }

        @Test func `a connection that is cut in mid-answer is resumed without loss or repeat`() async throws {
            // However long a busy machine takes to come back.
            try await RunningChat.run(adjust: { $0.patience = .seconds(60) }) { chat in
                try await CuttingProxy.run(before: chat.port) { network in
                    try await WebDriver.run(width: 900, height: 700) { browser in
                        try await browser.visit(network.url)
                        let call = try await ask("Count", browser, chat)
                        var text = ""
                        for number in 1...6 {
                            text += "\(number) "
                            try await call.send(text: "\(number) ")
                            try await browser.wait(until: "\(answer).trim() === '\(text.dropLast())'")
                            if number.isMultiple(of: 2) { network.cut() }
                        }
                        try await call.finish()
                        try await browser.wait(until: isDone)
                        #expect(try await browser.value(of: "\(answer).trim()").string == "1 2 3 4 5 6")
                        #expect(try await browser.value(of: messageCount) == 2)
                    }
                }
            }
        }

        @Test func `a reload in mid-answer goes on with it`() async throws {
            try await RunningChat.run { chat in
                try await WebDriver.run(width: 900, height: 700) { browser in
                    try await browser.visit(chat.url)
                    let call = try await ask("Tell me", browser, chat)
                    try await call.send(text: "once ")
                    try await browser.wait(until: "\(answer).startsWith('once')")
                    try await browser.value(of: "location.reload()")
                    try await browser.wait(until: "\(answer)?.startsWith('once')")
                    #expect(
                        try await browser.value(of: "document.querySelector('.question .body').textContent")
                            == "Tell me"
                    )
                    try await call.send(text: "upon a time")
                    try await call.finish()
                    try await browser.wait(until: isDone)
                    #expect(try await browser.value(of: answer) == "once upon a time")
                    #expect(try await browser.value(of: messageCount) == 2)
                }
            }
        }
    }
}

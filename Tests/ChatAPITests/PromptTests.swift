import Events
import Foundation
import ModelStreaming
import Testing

@testable import ChatAPI

@Suite struct PromptTests {
    static let values = PromptTemplate.Values(date: "2026-01-01", user: "ada", model: "gpt-4o")

    @Test(arguments: [
        ("Be {{ user }}'s help on {{date}}, {{model}}.", "Be ada's help on 2026-01-01, gpt-4o."),
        ("{{user}}{{user}}", "adaada"), ("{{user", "{{user"), ("}}{{", "}}{{"), ("", ""), ("{user}", "{user}"),
    ])
    func `a template says what its variables stand for`(text: String, expected: String) throws {
        #expect(try PromptTemplate(text).text(with: Self.values) == expected)
    }

    @Test func `unknown variables are told, all of them`() {
        let error = #expect(throws: PromptTemplate.UnknownVariables.self) {
            try PromptTemplate("{{day}} {{date}} {{}}")
        }
        #expect(error?.names == ["day", ""])
    }

    @Test func `what a user says is no template`() {
        let template = PromptTemplate(plain: "Hello")
        let prompt = template.prompt(
            system: "{{user}}",
            history: [],
            question: ChatMessage(role: .user, content: "{{date}}"),
            with: Self.values,
            in: ContextWindow(tokens: 1000)
        )
        #expect(prompt.messages.map(\.content) == ["{{user}}", "{{date}}"])
    }

    @Test func `a user whose name looks like a variable stays who they are`() throws {
        var values = Self.values
        values.user = "{{model}}"
        #expect(try PromptTemplate("{{user}}").text(with: values) == "{{model}}")
    }

    // MARK: The window

    static func pairs(_ count: Int, size: Int = 30) -> [ChatMessage] {
        (0..<count).flatMap { number in
            let text = String(repeating: "a", count: size - 3) + String(100 + number)
            return [ChatMessage(role: .user, content: text), ChatMessage(role: .assistant, content: text)]
        }
    }

    @Test func `history is cut to the window, and begins with a question`() {
        // 14 tokens for each message: 4 of its own and 10 of its text.
        let window = ContextWindow(tokens: 400)
        #expect(window.answerTokens == 100)
        let question = ChatMessage(role: .user, content: "")
        let latest = window.latest(of: Self.pairs(20), beside: [question])
        // 400 - 100 - 4 has room for 21 messages, the first of which would be an answer.
        #expect(latest == Self.pairs(20).suffix(20))
    }

    @Test func `history is cut to so many pairs`() {
        let window = ContextWindow(tokens: 1_000_000, pairs: 2)
        #expect(window.latest(of: Self.pairs(20), beside: []) == Self.pairs(20).suffix(4))
        #expect(ContextWindow(tokens: 1_000_000, pairs: 0).latest(of: Self.pairs(20), beside: []).isEmpty)
    }

    @Test func `a question larger than the window leaves no room`() {
        let question = ChatMessage(role: .user, content: String(repeating: "a", count: 10_000))
        #expect(ContextWindow(tokens: 1000).latest(of: Self.pairs(3), beside: [question]).isEmpty)
    }

    @Test(arguments: [
        ("gpt-3.5-turbo", 16_385), ("GPT-4o-2024-08-06", 128_000), ("gpt-4o-mini-2024-07-18", 128_000),
        ("gpt-4", 8192), ("gpt-4-0613", 8192), ("gpt-4-turbo-2024-04-09", 128_000), ("o3-mini", 200_000),
        ("gpt-4.1-nano", 1_047_576), ("llama-3", nil), ("gpt-45", nil), ("gpt", nil), ("", nil),
    ])
    func `the window of a family is that of its models`(model: String, tokens: Int?) {
        #expect(ContextWindow.tokens(of: model) == tokens)
    }

    @Test(arguments: [("", 0), ("abc", 1), ("abcd", 2), ("世界", 3), ("👩", 2)])
    func `a text has about so many tokens`(text: String, tokens: Int) {
        #expect(TokenEstimate.tokens(in: text) == tokens)
    }

    // MARK: What a client brings

    static func brought(_ texts: String...) -> BroughtConversation {
        let messages = texts.enumerated().map { ChatMessage(role: $0 % 2 == 0 ? .user : .assistant, content: $1) }
        return BroughtConversation(history: messages.dropLast(), question: messages[messages.count - 1])
    }

    @Test func `only what is not kept yet is added`() {
        let kept = ConversationStoreTests.messages("a", "b", "c", "d")
        func added(_ brought: BroughtConversation, _ kept: [ChatMessage]) -> [String] {
            brought.additions(to: kept).map(\.content)
        }
        #expect(added(Self.brought("a", "b", "c", "d", "e"), kept) == ["e"])
        #expect(added(Self.brought("c", "d", "e"), kept) == ["e"])
        #expect(added(Self.brought("e"), kept) == ["e"])
        #expect(added(Self.brought("a", "b", "x", "y", "e"), []) == ["a", "b", "x", "y", "e"])
        // Edited before the end: the new version follows the old one.
        #expect(added(Self.brought("a", "b", "C", "D", "e"), kept) == ["a", "b", "C", "D", "e"])
        #expect(added(Self.brought("nul\0", "b", "c"), ConversationStoreTests.messages("nul\u{FFFD}", "b")) == ["c"])
    }

    @Test func `repetitions are no overlap but the longest`() {
        let kept = ConversationStoreTests.messages("a", "b", "a", "b", "a", "b")
        #expect(Self.brought("a", "b", "a", "b", "e").additions(to: kept).map(\.content) == ["e"])
        #expect(Self.brought("a", "b", "a", "x", "e").additions(to: kept).map(\.content) == ["a", "x", "e"])
        #expect(Self.brought("b", "a", "e").additions(to: []).count == 3)
    }
}

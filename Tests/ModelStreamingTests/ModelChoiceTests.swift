import AsyncHTTPClient
import Settings
import Testing

@testable import ModelStreaming

struct ModelChoiceTests {
    static func choose(key: String? = nil, baseURL: String? = nil, model: String? = nil) throws -> any ChatModel {
        try ModelChoice.model(key: key.map { SecretValue($0) }, baseURL: baseURL, model: model, client: .shared)
    }

    @Test func `without settings the offline responder answers`() throws {
        #expect(try Self.choose().name == "offline")
        #expect(try Self.choose(model: "gpt-4o").name == "offline")
    }

    @Test func `a key or an address asks for a real model`() throws {
        #expect(try Self.choose(key: "sk-1").name == "gpt-3.5-turbo")
        #expect(try Self.choose(baseURL: "http://localhost:11434/v1", model: "llama3").name == "llama3")
    }

    @Test(arguments: [
        "localhost:11434", "ftp://example.org/v1", "http://", "not an address", "http://user:secret@example.org",
        "http://example.org/v1?key=secret",
    ])
    func `an address of no web server is refused without being repeated`(address: String) {
        do {
            _ = try Self.choose(baseURL: address)
            Issue.record("no error")
        } catch {
            #expect("\(error)".contains("http://localhost:11434/v1"))
            #expect(!"\(error)".contains("secret"))
        }
    }

    @Test func `the offline responder says so, how to leave, and what was asked`() async throws {
        let prompt = ChatPrompt(messages: [ChatMessage(role: .user, content: "What\nis  Slipway?")])
        let reply = try await OfflineModel().reply(to: prompt)
        var pieces = 0
        for try await case .text in reply { pieces += 1 }
        let answer = try await reply.answer()
        #expect(answer.text.contains("offline"))
        #expect(answer.text.contains("OPENAI_API_KEY"))
        #expect(answer.text.hasSuffix("“What is Slipway?”"))
        #expect(answer.reason == .stop)
        #expect(answer.usage == TokenUsage(prompt: 3, completion: pieces))
        #expect(pieces > 20)
        #expect(try await OfflineModel().reply(to: prompt).answer() == answer)
    }

    @Test func `the offline responder repeats a long question only in part`() async throws {
        let question = String(repeating: "word ", count: 50) + String(repeating: "x", count: 10_000)
        let text = OfflineModel.answer(to: question)
        #expect(text.count < 500)
        #expect(text.hasSuffix(" …”"))
    }
}

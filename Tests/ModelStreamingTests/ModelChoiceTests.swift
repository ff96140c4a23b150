import AsyncHTTPClient
import Azure
import ChatResponding
import Logging
import LoopExecution
import ServiceKit
import Settings
import Testing

@testable import ModelStreaming

struct ModelChoiceTests {
    private static func choose(_ values: [String: String]) throws -> ModelChoice {
        try ModelChoice(SettingsReader(values: values))
    }

    private static func name(_ values: [String: String]) throws -> String {
        let logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
        return try choose(values).model(clients: LoopClients(.shared), environment: [:], logger: logger).name
    }

    static let azure = [
        "AZURE_OPENAI_ENDPOINT": "https://name.openai.azure.com/", "AZURE_OPENAI_DEPLOYMENT": "mini",
    ]
    static let agent = [
        "AZURE_AI_ENDPOINT": "https://name.services.ai.azure.com", "AZURE_AI_PROJECT_NAME": "p",
        "AZURE_AI_AGENT_ID": "asst_1",
    ]

    @Test func `without settings the offline responder answers`() throws {
        #expect(try Self.choose([:]) == .offline)
        #expect(try Self.choose(["OPENAI_MODEL": "gpt-4o", "AZURE_CLIENT_ID": "me"]) == .offline)
        #expect(try Self.name([:]) == "offline")
    }

    @Test func `a key or an address asks for a real model`() throws {
        #expect(try Self.name(["OPENAI_API_KEY": "sk-1"]) == "gpt-3.5-turbo")
        #expect(try Self.name(["OPENAI_BASE_URL": "http://localhost:11434/v1", "OPENAI_MODEL": "llama3"]) == "llama3")
    }

    @Test func `of several providers the most particular answers`() throws {
        let key = ["OPENAI_API_KEY": "sk-1"]
        #expect(try Self.name(key.merging(Self.azure) { $1 }) == "mini")
        #expect(try Self.name(key.merging(Self.azure) { $1 }.merging(Self.agent) { $1 }) == "asst_1")
    }

    static let halves: [(there: [String: String], missing: [String])] = [
        (["AZURE_OPENAI_API_KEY": "x"], ["AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_DEPLOYMENT"]),
        (["AZURE_OPENAI_API_VERSION": "v1"], ["AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_DEPLOYMENT"]),
        (["AZURE_OPENAI_DEPLOYMENT_NAME": "mini"], ["AZURE_OPENAI_ENDPOINT"]),
        (["AZURE_AI_AGENT_ID": "asst_1"], ["AZURE_AI_ENDPOINT", "AZURE_AI_PROJECT_NAME"]),
        (["AZURE_AI_ENDPOINT": "https://a.services.ai.azure.com/api/projects/p"], ["AZURE_AI_AGENT_ID"]),
        (
            ["AZURE_AI_ENDPOINT": "https://a.services.ai.azure.com", "AZURE_OPENAI_ENDPOINT": "https://b"],
            ["AZURE_AI_PROJECT_NAME", "AZURE_AI_AGENT_ID", "AZURE_OPENAI_DEPLOYMENT"]
        ),
    ]

    @Test(arguments: halves)
    func `half a provider is refused with all that is missing`(there: [String: String], missing: [String]) {
        #expect(throws: SettingsError.missing(missing)) {
            try Self.choose(there.merging(["OPENAI_API_KEY": "sk-1"]) { $1 })
        }
    }

    @Test(arguments: [
        "localhost:11434", "ftp://example.org/v1", "http://", "not an address", "http://user:secret@example.org",
        "http://example.org/v1?key=secret",
    ])
    func `an address of no web server is refused without being repeated`(address: String) {
        do {
            _ = try Self.choose(["OPENAI_BASE_URL": address])
            Issue.record("no error")
        } catch {
            #expect("\(error)".contains("OPENAI_BASE_URL"))
            #expect("\(error)".contains("http://localhost:11434/v1"))
            #expect(!"\(error)".contains("secret"))
        }
    }

    @Test(arguments: [
        ["AZURE_OPENAI_ENDPOINT": "http://name.openai.azure.com"], ["AZURE_OPENAI_ENDPOINT": "name.openai.azure.com"],
        ["AZURE_OPENAI_API_VERSION": "2024"], ["AZURE_AI_ENDPOINT": "http://name.services.ai.azure.com"],
    ])
    func `what would carry a key in the open, or is no version, is refused`(wrong: [String: String]) throws {
        let name = try #require(wrong.keys.first)
        let rest = name.hasPrefix("AZURE_AI") ? Self.agent : Self.azure
        do {
            _ = try Self.choose(rest.merging(wrong) { $1 })
            Issue.record("no error")
        } catch SettingsError.invalid(let wrongName, _) {
            #expect(wrongName == name)
        }
    }

    @Test(
        arguments: [
            (
                "https://a.openai.azure.com", nil,
                "https://a.openai.azure.com/openai/deployments/d%2Fe/chat/completions?api-version=2024-10-21"
            ),
            ("https://a.openai.azure.com/openai/v1/", nil, "https://a.openai.azure.com/openai/v1/chat/completions"),
            ("https://a.openai.azure.com/openai", "v1", "https://a.openai.azure.com/openai/v1/chat/completions"),
            (
                "https://a.openai.azure.com/openai/v1", "2025-01-01-preview",
                "https://a.openai.azure.com/openai/deployments/d%2Fe/chat/completions?api-version=2025-01-01-preview"
            ),
        ] as [(String, String?, String)]
    )
    func `an address of Azure is understood as people copy it`(text: String, version: String?, expected: String) throws
    {
        let version = try version.map { try #require(AzureOpenAIEndpoint.Version($0)) }
        let endpoint = try #require(AzureOpenAIEndpoint(text, deployment: "d/e", version: version))
        #expect(CompletionsSurface(endpoint).request(ModelQuestion(Provider.prompt)).url == expected)
    }

    @Test(arguments: [
        ("https://a.openai.azure.com", "https://cognitiveservices.azure.com/.default"),
        ("https://a.openai.azure.us", "https://cognitiveservices.azure.us/.default"),
        ("https://a.openai.azure.cn", "https://cognitiveservices.azure.cn/.default"),
    ])
    func `a token is for the cloud of the address`(text: String, expected: String) throws {
        #expect(try #require(AzureOpenAIEndpoint(text, deployment: "d")).scope.text == expected)
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

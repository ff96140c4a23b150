import AsyncHTTPClient
import FakeUpstream
import JSONText
import Logging
import LoopExecution
import NIOHTTP1
import Settings
import Testing

@testable import ModelStreaming

/// What is sent to each provider.
@Suite(.timeLimit(.minutes(1)))
struct RemoteModelTests {
    private static let messages: JSON = [
        ["role": "system", "content": "Be brief."], ["role": "user", "content": "Hi"],
    ]

    /// Asks once, and looks at the question.
    private func ask(
        _ format: WireFormat,
        _ prompt: ChatPrompt = Provider.prompt,
        _ check: @Sendable (HTTPRequestHead, JSON) -> Void
    ) async throws {
        try await Provider.run(format) { provider in
            async let text = provider.model.reply(to: prompt).text()
            let call = try await provider.nextQuestion()
            check(call.head, try JSON(parsing: call.body))
            try await call.answer("Hello", as: format)
            #expect(try await text == "Hello")
        }
    }

    @Test func `OpenAI is asked with key, account and project`() async throws {
        try await ask(.openAI) { head, body in
            #expect(head.uri == "/v1/chat/completions")
            #expect(head.headers["Authorization"] == ["Bearer \(Provider.key)"])
            #expect(head.headers["OpenAI-Organization"] == ["org-1"])
            #expect(head.headers["OpenAI-Project"] == ["proj_1"])
            #expect(
                body == [
                    "model": "gpt-4o-mini", "messages": Self.messages, "stream": true,
                    "stream_options": ["include_usage": true], "max_tokens": 5, "temperature": 0.5,
                ]
            )
        }
    }

    @Test func `only OpenAI itself is asked not to pad its chunks`() throws {
        let endpoint = try OpenAIEndpoint(key: nil)
        let request = CompletionsSurface(endpoint, model: "x").request(ModelQuestion(Provider.prompt))
        #expect(request.url == "https://api.openai.com/v1/chat/completions")
        #expect(request.body["stream_options"] == ["include_usage": true, "include_obfuscation": false])
    }

    @Test func `a server without a key gets none`() async throws {
        try await ask(.compatible) { head, _ in
            #expect(head.headers["Authorization"] == [])
            #expect(head.headers["api-key"] == [])
        }
    }

    @Test func `Azure is asked at the deployment, in a dated version`() async throws {
        try await ask(.azure) { head, body in
            #expect(head.uri == "/openai/deployments/my%20model/chat/completions?api-version=2024-10-21")
            #expect(head.headers["api-key"] == [Provider.key])
            #expect(head.headers["Authorization"] == [])
            #expect(body["messages"] == Self.messages)
        }
    }

    @Test func `Azure's newer address takes the deployment as model, and the token of an identity`() async throws {
        try await ask(.azureV1) { head, body in
            #expect(head.uri == "/openai/v1/chat/completions")
            #expect(head.headers["Authorization"] == ["Bearer token-1"])
            #expect(body["model"] == "mini")
        }
    }

    @Test func `a token is asked for the provider, as the identity that was named`() async throws {
        for (format, resource) in [
            (WireFormat.azureV1, "https%3A%2F%2Fcognitiveservices.azure.com"),
            (.agentRun, "https%3A%2F%2Fai.azure.com"),
        ] {
            try await Provider.run(format) { provider in
                await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { _ = try await provider.model.reply(to: Provider.prompt).text() }
                    let call = try? await provider.upstream.nextCall()
                    #expect(call?.head.uri == "/msi?api-version=2019-08-01&resource=\(resource)&client_id=me")
                    #expect(call?.head.headers["X-IDENTITY-HEADER"] == ["a header"])
                    group.cancelAll()
                }
            }
        }
    }

    @Test func `an agent of the older kind runs on a new thread`() async throws {
        try await ask(.agentRun) { head, body in
            #expect(head.uri == "/api/projects/my%20project/threads/thread_1/runs?api-version=v1")
            #expect(head.headers["Authorization"] == ["Bearer token-1"])
            #expect(
                body == [
                    "assistant_id": "asst_1", "additional_instructions": "Be brief.",
                    "additional_messages": [["role": "user", "content": "Hi"]], "stream": true,
                    "max_completion_tokens": 5, "temperature": 0.5,
                ]
            )
        }
    }

    @Test func `an agent of the current kind answers in a new conversation`() async throws {
        try await ask(.agentResponse) { head, body in
            #expect(head.uri == "/api/projects/p/openai/v1/responses?api-version=v1")
            #expect(
                body == [
                    "agent_reference": ["name": "helper", "type": "agent_reference"], "conversation": "thread_1",
                    "input": Self.messages, "stream": true, "max_output_tokens": 5, "temperature": 0.5,
                ]
            )
        }
    }

    @Test(arguments: [WireFormat.agentRun, .agentResponse])
    func `a thread that goes on is told only what is new`(format: WireFormat) async throws {
        let prompt = ChatPrompt(
            messages: [
                ChatMessage(role: .user, content: "Hi"), ChatMessage(role: .assistant, content: "Hello"),
                ChatMessage(role: .user, content: "And you?"),
            ],
            thread: "thread_9"
        )
        try await Provider.run(format) { provider in
            async let answer = provider.model.reply(to: prompt).answer()
            let call = try await provider.nextQuestion()
            let body = try JSON(parsing: call.body)
            #expect(call.head.uri.contains("thread_9") || body["conversation"] == "thread_9")
            #expect((body["input"] ?? body["additional_messages"]) == [["role": "user", "content": "And you?"]])
            try await call.answer("Fine", as: format)
            // The fake names its own thread in the events of a run, as a server never does.
            #expect(try await answer.text == "Fine")
        }
    }

    @Test func `a run that fails after it has begun is begun again without repeating the question`() async throws {
        try await Provider.run(.agentRun) { provider in
            async let text = provider.model.reply(to: Provider.prompt).text()
            let call = try await provider.nextQuestion()
            try await call.begin(.agentRun)
            try await call.send(raw: WireFormat.agentRun.fault(code: "server_error", message: ""))
            let second = try await provider.nextQuestion()
            #expect(second.head.uri == call.head.uri)
            #expect(try JSON(parsing: second.body)["additional_messages"] == nil)
            try await second.answer("Hello", as: .agentRun)
            #expect(try await text == "Hello")
        }
    }

    @Test func `a run is cancelled when nobody reads its answer`() async throws {
        try await Provider.run(.agentRun) { provider in
            async let first: ChatDelta? = {
                var parts = try await provider.model.reply(to: Provider.prompt).makeAsyncIterator()
                while let part = try await parts.next(isolation: nil) { if case .text = part { return part } }
                return nil
            }()
            let call = try await provider.nextQuestion()
            try await call.begin(.agentRun)
            try await call.send(raw: WireFormat.agentRun.text("Hel"))
            #expect(try await first == .text("Hel"))
            let farewell = try await provider.upstream.nextCall()
            let path = "/api/projects/my%20project/threads/thread_1/runs/run_1/cancel?api-version=v1"
            #expect(farewell.head.uri == path)
            #expect(farewell.head.headers["Authorization"] == ["Bearer token-1"])
            try await farewell.refuse(.ok)
        }
    }

    @Test func `an agent that wants a tool is refused`() async throws {
        try await Provider.run(.agentRun) { provider in
            async let failure = provider.failure()
            let call = try await provider.nextQuestion()
            try await call.begin(.agentRun)
            try await call.send(raw: "event: thread.run.requires_action\ndata: {\"id\":\"run_1\"}\n\n")
            #expect(await failure == .rejected(status: 400, code: "requires_action"))
        }
    }

    @Test func `a server that does not listen is unavailable`() async throws {
        let port = try await FakeUpstream.run { $0.port }
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .modelStreaming)
        let endpoint = try OpenAIEndpoint(baseURL: "http://127.0.0.1:\(port)/v1", key: nil)
        let logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
        let chosen = ModelChoice.openAI(endpoint, model: "x").model(clients: LoopClients(client), logger: logger)
        var model = try #require(chosen as? RemoteModel)
        model.pause = { _ in }
        let asked = model
        await #expect(throws: ChatModelError.unavailable(retryAfter: nil)) {
            try await asked.reply(to: Provider.prompt).text()
        }
        try await client.shutdown()
    }

    @Test func `an identity without tokens is unauthorized`() async throws {
        try await Provider.run(.azureV1) { provider in
            async let failure = provider.failure()
            let call = try await provider.upstream.nextCall()
            try await call.refuse(.badRequest, body: #"{"error":{"code":"x","message":"\#(Provider.key)"}}"#)
            #expect(await failure == .unauthorized)
        }
    }
}

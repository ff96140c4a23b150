import AsyncHTTPClient
import FakeUpstream
import JSONText
import NIOHTTP1
import Settings
import Testing

@testable import ModelStreaming

@Suite(.timeLimit(.minutes(1)))
struct OpenAIModelTests {
    static let key = "sk-canary-9f8e7d"

    /// Runs a test with a server that it controls and a model that asks it; waits between attempts take no time.
    static func withModel(
        _ test: @Sendable (FakeUpstream, OpenAIModel) async throws -> Void
    ) async throws {
        try await FakeUpstream.run { upstream in
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .modelStreaming)
            let endpoint = try OpenAIEndpoint(baseURL: upstream.baseURL + "/", key: SecretValue(key))
            let model = OpenAIModel(endpoint: endpoint, client: client, policy: RetryPolicy()) { _ in }
            do {
                try await test(upstream, model)
            } catch {
                try await client.shutdown()
                throw error
            }
            try await client.shutdown()
        }
    }

    /// How the answer of a model fails; `nil` when it does not.
    static func failure(of model: OpenAIModel, upTo limit: Int = 1024) async -> ChatModelError? {
        do {
            _ = try await model.reply(to: prompt).text(upTo: limit)
            return nil
        } catch {
            return error as? ChatModelError
        }
    }

    static let prompt = ChatPrompt(
        messages: [ChatMessage(role: .system, content: "Be brief."), ChatMessage(role: .user, content: "Hi")],
        maximumTokens: 5,
        temperature: 0.5
    )

    @Test func `a question is sent as the API wants it`() async throws {
        try await Self.withModel { upstream, model in
            async let answer = model.reply(to: Self.prompt).answer()
            let call = try await upstream.nextCall()
            #expect(call.head.uri == "/v1/chat/completions")
            #expect(call.head.headers["Authorization"] == ["Bearer \(Self.key)"])
            #expect(
                try JSON(parsing: call.body) == [
                    "model": "gpt-3.5-turbo",
                    "messages": [
                        ["role": "system", "content": "Be brief."], ["role": "user", "content": "Hi"],
                    ],
                    "stream": true,
                    "stream_options": ["include_usage": true],
                    "max_tokens": 5,
                    "temperature": 0.5,
                ]
            )
            try await call.begin()
            try await call.send(text: "Hello")
            try await call.finish(prompt: 7, completion: 1)
            let expected = ChatAnswer(text: "Hello", usage: TokenUsage(prompt: 7, completion: 1), reason: .stop)
            #expect(try await answer == expected)
        }
    }

    @Test func `each piece is read while the next is still held`() async throws {
        try await Self.withModel { upstream, model in
            let (pieces, continuation) = AsyncStream<ChatDelta>.makeStream()
            async let reading: Void = {
                for try await part in try await model.reply(to: Self.prompt) { continuation.yield(part) }
                continuation.finish()
            }()
            var heard = pieces.makeAsyncIterator()
            let call = try await upstream.nextCall()
            try await call.begin()
            for piece in ["one", "two", "three"] {
                try await call.send(text: piece)
                #expect(await heard.next() == .text(piece))
            }
            try await call.finish()
            try await reading
        }
    }

    @Test func `an answer without its end mark is interrupted, not whole`() async throws {
        try await Self.withModel { upstream, model in
            async let failure = Self.failure(of: model)
            let call = try await upstream.nextCall()
            try await call.begin()
            try await call.send(text: "Hel")
            try await call.end()
            #expect(await failure == .interrupted)
        }
    }

    @Test func `a connection that breaks after text is not asked again`() async throws {
        try await Self.withModel { upstream, model in
            async let failure = Self.failure(of: model)
            let call = try await upstream.nextCall()
            try await call.begin()
            try await call.send(text: "Hel")
            try await call.abort()
            #expect(await failure == .interrupted)
        }
    }

    @Test func `an error in the middle ends the answer with its meaning`() async throws {
        try await Self.withModel { upstream, model in
            async let failure = Self.failure(of: model)
            let call = try await upstream.nextCall()
            try await call.begin()
            try await call.send(text: "Hel")
            try await call.send(frame: #"{"error":{"message":"\#(Self.key)","code":"rate_limit_exceeded"}}"#)
            #expect(await failure == .rateLimited(retryAfter: nil))
        }
    }

    @Test func `a refused key shows in no error`() async throws {
        try await Self.withModel { upstream, model in
            async let answer = model.reply(to: Self.prompt).text()
            let call = try await upstream.nextCall()
            try await call.refuse(
                .unauthorized,
                body: #"{"error":{"message":"Incorrect API key: \#(Self.key)","code":"\#(Self.key)"}}"#
            )
            do {
                _ = try await answer
                Issue.record("no error")
            } catch {
                #expect(error as? ChatModelError == .unauthorized)
                #expect(!"\(error) \(String(reflecting: error))".contains("canary"))
            }
        }
    }

    @Test(arguments: ["429", "500", "503", "broken", "held"])
    func `a question is put again as long as no text has come`(failure: String) async throws {
        try await Self.withModel { upstream, model in
            async let answer = model.reply(to: Self.prompt).text()
            let call = try await upstream.nextCall()
            switch failure {
            case "429": try await call.refuse(.tooManyRequests, headers: ["Retry-After": "1"])
            case "500": try await call.refuse(.internalServerError, body: "<html>")
            case "503": try await call.refuse(.serviceUnavailable)
            case "broken": try await call.abort()
            default:
                try await call.begin()
                try await call.send(frame: #"{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#)
                try await call.abort()
            }
            let second = try await upstream.nextCall()
            #expect(second.body == call.body)
            try await second.begin()
            try await second.send(text: "Hello")
            try await second.finish()
            #expect(try await answer == "Hello")
        }
    }

    @Test func `a server that stays broken is asked three times`() async throws {
        try await Self.withModel { upstream, model in
            async let failure = Self.failure(of: model)
            for _ in 1...3 { try await upstream.nextCall().refuse(.internalServerError) }
            #expect(await failure == .unavailable(retryAfter: nil))
        }
    }

    @Test func `a server that does not listen is unavailable`() async throws {
        let port = try await FakeUpstream.run { $0.port }
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .modelStreaming)
        let endpoint = try OpenAIEndpoint(baseURL: "http://127.0.0.1:\(port)/v1", key: nil)
        let model = OpenAIModel(endpoint: endpoint, client: client, policy: RetryPolicy()) { _ in }
        await #expect(throws: ChatModelError.unavailable(retryAfter: nil)) {
            try await model.reply(to: Self.prompt).text()
        }
        try await client.shutdown()
    }

    @Test func `who stops reading closes the connection`() async throws {
        try await Self.withModel { upstream, model in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await model.reply(to: Self.prompt).text() }
                let call = try await upstream.nextCall()
                try await call.begin()
                try await call.send(text: "Hel")
                group.cancelAll()
                try await call.callerLeaves()
                await #expect(throws: CancellationError.self) { try await group.next() }
            }
        }
    }

    @Test func `an answer that is too long is cut off`() async throws {
        try await Self.withModel { upstream, model in
            async let failure = Self.failure(of: model, upTo: 4)
            let call = try await upstream.nextCall()
            try await call.begin()
            try await call.send(text: "Hello")
            #expect(await failure == .tooLong(limit: 4))
            try await call.callerLeaves()
        }
    }
}

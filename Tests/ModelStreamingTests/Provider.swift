import AsyncHTTPClient
import FakeUpstream
import JSONText
import Logging
import LoopExecution
import NIOHTTP1
import Settings
import Testing
import TestInstruments

@testable import ModelStreaming

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A model of one provider, asked over a real socket, and the server that plays the provider and its host.
struct Provider: Sendable {
    static let key = "sk-canary-9f8e7d"

    let format: WireFormat
    let upstream: FakeUpstream
    let model: RemoteModel
    private let tokens = Shared(0)

    /// Runs a test; waits between attempts take no time.
    static func run(
        _ format: WireFormat,
        deadlines: ModelDeadlines = ModelDeadlines(),
        _ test: @Sendable (Provider) async throws -> Void
    ) async throws {
        try await FakeUpstream.run { upstream in
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .modelStreaming)
            do {
                let host = "http://127.0.0.1:\(upstream.port)"
                let chosen = try choice(format, at: host)
                    .model(
                        clients: LoopClients(client),
                        environment: ["IDENTITY_ENDPOINT": "\(host)/msi", "IDENTITY_HEADER": "a header"],
                        logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
                    )
                var model = try #require(chosen as? RemoteModel)
                model.pause = { _ in }
                model.deadlines = deadlines
                try await test(Provider(format: format, upstream: upstream, model: model))
            } catch {
                try await client.shutdown()
                throw error
            }
            try await client.shutdown()
        }
    }

    private init(format: WireFormat, upstream: FakeUpstream, model: RemoteModel) {
        self.format = format
        self.upstream = upstream
        self.model = model
    }

    private static func choice(_ format: WireFormat, at host: String) throws -> ModelChoice {
        switch format {
        case .openAI:
            var endpoint = try OpenAIEndpoint(baseURL: host + "/v1/", key: SecretValue(key))
            endpoint.organization = "org-1"
            endpoint.project = "proj_1"
            return .openAI(endpoint, model: "gpt-4o-mini")
        case .compatible: return .openAI(try OpenAIEndpoint(baseURL: host + "/v1", key: nil), model: "llama3")
        case .azure:
            let endpoint = AzureOpenAIEndpoint(host, deployment: "my model", key: SecretValue(key))
            return .azureOpenAI(try #require(endpoint))
        case .azureV1:
            return .azureOpenAI(
                try #require(AzureOpenAIEndpoint(host + "/openai/v1/", deployment: "mini", clientID: "me"))
            )
        case .agentRun:
            return .agent(try #require(FoundryAgent(host, project: "my project", id: "asst_1", clientID: "me")))
        case .agentResponse:
            return .agent(try #require(FoundryAgent(host + "/api/projects/p", project: nil, id: "helper")))
        }
    }

    static let prompt = ChatPrompt(
        messages: [ChatMessage(role: .system, content: "Be brief."), ChatMessage(role: .user, content: "Hi")],
        maximumTokens: 5,
        temperature: 0.5
    )

    // MARK: The server

    var usesIdentity: Bool {
        switch format {
        case .openAI, .compatible, .azure: false
        case .azureV1, .agentRun, .agentResponse: true
        }
    }

    /// The next question, once tokens and threads were given to whoever asks for them, and runs were cancelled.
    func nextQuestion() async throws -> UpstreamCall {
        while true {
            let call = try await upstream.nextCall()
            let path = call.head.uri.prefix { $0 != "?" }
            if path == "/msi" {
                try await giveToken(to: call)
            } else if path.hasSuffix("/threads") || path.hasSuffix("/conversations") {
                #expect(call.body == "{}")
                try await call.refuse(.ok, body: #"{"id":"thread_1","object":"thread"}"#)
            } else if path.hasSuffix("/cancel") {
                try await call.refuse(.ok)
            } else {
                return call
            }
        }
    }

    /// Tokens are numbered: `token-1`.
    private func giveToken(to call: UpstreamCall) async throws {
        let number = tokens.withLock { number in
            number += 1
            return number
        }
        let end = Int(Date().timeIntervalSince1970) + 86_400
        let body = #"{"access_token":"token-\#(number)","expires_on":"\#(end)","token_type":"Bearer"}"#
        try await call.refuse(.ok, body: body)
    }

    /// How the answer fails; `nil` when it does not.
    func failure(upTo limit: Int = 1024) async -> ChatModelError? {
        do {
            _ = try await model.reply(to: Self.prompt).text(upTo: limit)
            return nil
        } catch {
            return error as? ChatModelError
        }
    }
}

extension UpstreamCall {
    /// Begins an answer, up to its first text.
    func begin(_ format: WireFormat) async throws {
        try await begin()
        try await send(raw: format.beginning)
    }

    /// Sends an answer from beginning to end.
    func answer(_ text: String..., as format: WireFormat) async throws {
        try await begin(format)
        for piece in text { try await send(raw: format.text(piece)) }
        try await send(raw: format.ending())
        try await end()
    }
}

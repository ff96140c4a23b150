import Events
import HTTPTypes
import Hummingbird
import JSONText
import ModelStreaming
import ServiceKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The routes of OpenAI's API, so that its clients work with this service.
///
/// A request with the header `X-Chat-Id` continues the conversation of that name, by the rules of
/// ``BroughtConversation``; without, nothing is kept.
struct CompletionController {
    let conversations: Conversations
    /// The one model that is served.
    let modelName: String
    /// The largest request, in bytes.
    let bodyLimit: Int
    /// When the model came into service, as far as this process knows, in seconds since 1970.
    private let start = Int(Date().timeIntervalSince1970)

    init(conversations: Conversations, modelName: String, bodyLimit: Int) {
        self.conversations = conversations
        self.modelName = modelName
        self.bodyLimit = bodyLimit
    }

    func addRoutes(to api: RouterGroup<ServiceContext>) {
        api.post("chat/completions", use: complete)
        api.get("models", use: list)
        // Names of models may have slashes.
        api.get("models/**", use: model)
    }

    @Sendable func complete(_ request: Request, context: ServiceContext) async throws -> Response {
        let asked = try CompletionRequest(await request.json(upTo: bodyLimit))
        guard asked.model == modelName else { throw CompletionError.unknownModel(asked.model, served: modelName) }
        let follower = try await follower(asked, request.headers[.chatID], context)
        try await context.follow(follower)
        let identity = CompletionIdentity(model: modelName, created: Int(Date().timeIntervalSince1970))
        guard asked.isStreamed else { return .json(identity.completion(of: try await follower.answer())) }
        return try await follower.response(in: CompletionForm(identity: identity, includesUsage: asked.includesUsage))
    }

    private func follower(
        _ asked: CompletionRequest,
        _ chat: String?,
        _ context: ServiceContext
    ) async throws -> GenerationFollower {
        guard let chat else {
            return try await conversations.ask(asked.prompt, by: context.user ?? "")
        }
        guard RequestFields.isIdentifier(chat) else {
            throw CompletionError.invalid("X-Chat-Id", "must be 1 to 128 letters, digits, '-', '_', '.' or ':'")
        }
        let brought = try BroughtConversation(asked.prompt.messages)
        return try await context.withStores {
            let key = ConversationKey(id: chat, owner: context.user ?? "")
            return try await conversations.ask(brought, in: key) { prompt in
                var asking = asked.prompt
                asking.messages = prompt.messages
                asking.temperature = asking.temperature ?? prompt.temperature
                prompt = asking
            }
        }
    }

    @Sendable func list(_ request: Request, context: ServiceContext) async throws -> Response {
        .json(["object": "list", "data": [json]])
    }

    @Sendable func model(_ request: Request, context: ServiceContext) async throws -> Response {
        let name = context.parameters.getCatchAll().joined(separator: "/").withPlainPunctuation
        guard name == modelName else { throw CompletionError.unknownModel(name, served: modelName) }
        return .json(json)
    }

    /// The model as the API shows it.
    ///
    /// Source: platform.openai.com/docs/api-reference/models/object
    private var json: JSON {
        ["id": .string(modelName), "object": "model", "created": JSON(start), "owned_by": "slipway"]
    }
}

extension BroughtConversation {
    /// Takes messages of a client of OpenAI's API apart.
    fileprivate init(_ messages: [ChatMessage]) throws(CompletionError) {
        guard let question = messages.last, question.role == .user else {
            throw .invalid("messages", "must end with a message of the user where X-Chat-Id is given")
        }
        let earlier = messages.dropLast()
        let system = earlier.filter { $0.role == .system }.map(\.content)
        self.init(
            history: earlier.filter { $0.role != .system },
            question: question,
            system: system.isEmpty ? nil : system.joined(separator: "\n\n")
        )
    }
}

extension HTTPField.Name {
    static let chatID = HTTPField.Name("X-Chat-Id") ?? .connection
}

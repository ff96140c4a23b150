import Events
import HTTPTypes
import Hummingbird
import JSONText
import ModelStreaming
import ServiceKit

/// The routes that show and remove conversations: each user's own.
struct ConversationController {
    let store: any ConversationStore
    /// The generation that makes the next answer of a conversation, if one does.
    var running: @Sendable (ConversationKey) async -> String? = { _ in nil }
    /// Ends what is being said in a conversation.
    var stop: @Sendable (ConversationKey) async throws -> Void = { _ in }

    /// The most text of one page of messages, in bytes.
    private static let pageSize = 4 << 20

    func addRoutes(to api: RouterGroup<ServiceContext>) {
        api.get("chats", use: list)
        api.get("chats/:id", use: read)
        api.delete("chats/:id", use: remove)
    }

    @Sendable func list(_ request: Request, context: ServiceContext) async throws -> Response {
        let query = try PageQuery(request, upTo: 100, usually: 50)
        let page = try await answering(context) {
            try await store.conversations(of: context.user ?? "", limit: query.limit, after: query.start)
        }
        return .json(
            ["chats": .array(page.conversations.map(\.json)), "next": page.next.map { .string($0) } ?? .null],
            headers: Self.headers
        )
    }

    @Sendable func read(_ request: Request, context: ServiceContext) async throws -> Response {
        let query = try PageQuery(request, upTo: 1000, usually: 200)
        let key = try key(context)
        let page = try await answering(context) {
            let limit = HistoryLimit(messages: query.limit, bytes: Self.pageSize)
            return try await store.messages(of: key, limit: limit, after: query.start)
        }
        let generation = await running(key)
        // A conversation is kept with its first answer; until then there is only the answer that is being made.
        if page == nil, generation == nil { throw APIError.noSuchConversation }
        return .json(
            [
                "chatId": .string(key.id), "createdAt": .string((page?.createdAt ?? .now).text),
                "messages": .array(page?.messages.map(\.json) ?? []), "next": page?.next.map { .string($0) } ?? .null,
                "generation": generation.map { .string($0) } ?? .null,
            ],
            headers: Self.headers
        )
    }

    @Sendable func remove(_ request: Request, context: ServiceContext) async throws -> Response {
        let key = try key(context)
        let isGone = try await answering(context) {
            // An answer that is kept later would bring the conversation back.
            try await stop(key)
            return try await store.delete(key)
        }
        guard isGone else { throw APIError.noSuchConversation }
        return Response(status: .noContent)
    }

    private static let headers: HTTPFields = [.cacheControl: "private, no-store"]

    private func key(_ context: ServiceContext) throws(APIError) -> ConversationKey {
        guard let id = context.parameters.get("id")?.withPlainPunctuation, RequestFields.isIdentifier(id) else {
            throw APIError.noSuchConversation
        }
        return ConversationKey(id: id, owner: context.user ?? "")
    }

    /// Says what a store refuses in the words of HTTP.
    private func answering<Value>(_ context: ServiceContext, _ body: () async throws -> Value) async throws -> Value {
        try await context.withStores {
            do {
                return try await body()
            } catch ConversationError.foreign {
                throw APIError.noSuchConversation
            } catch ConversationError.unknownContinuation {
                throw PageQuery.unknownStart
            }
        }
    }
}

extension ConversationSummary {
    fileprivate var json: JSON {
        [
            "chatId": .string(id), "title": .string(title), "createdAt": .string(createdAt.text),
            "updatedAt": .string(updatedAt.text), "messages": JSON(messages),
        ]
    }
}

extension StoredMessage {
    fileprivate var json: JSON {
        [
            "id": .string(id), "role": .string(message.role.rawValue), "content": .string(message.content),
            "createdAt": .string(createdAt.text),
        ]
    }
}

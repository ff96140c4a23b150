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

/// The routes that answer chat messages.
struct ChatController {
    let conversations: Conversations
    /// Which model answers; the page says so when it is none.
    let modelName: String

    /// The largest request, in bytes.
    static let bodyLimit = 256 * 1024

    func addRoutes(to api: RouterGroup<ServiceContext>) {
        api.post("chat", use: message)
        api.post("chat/stream", use: stream)
    }

    /// Answers a message of a conversation that is kept here, with events or with one document.
    @Sendable func message(_ request: Request, context: ServiceContext) async throws -> Response {
        let message = try MessageRequest(await request.json(upTo: Self.bodyLimit))
        let known = message.conversation ?? message.thread
        let conversation = known ?? UUID().uuidString.lowercased()
        let thread = message.thread ?? conversation
        let follower = try await conversations.ask(
            message.message,
            in: ConversationKey(id: conversation, owner: context.user ?? ""),
            isNew: known == nil,
            system: message.system
        )
        try await context.leaveWithClient(follower)
        let form = EventForm(conversation: conversation, thread: thread, timestamp: { Timestamp.now.text })
        if message.isStreamed { return try await follower.response(in: form, headers: headers) }
        let answer = try await follower.answer()
        return .json(
            [
                "conversation_id": .string(conversation), "thread_id": .string(thread),
                "full_response": .string(answer.text), "timestamp": .string(Timestamp.now.text),
                "usage": answer.usage?.json ?? .null,
            ],
            headers: headers
        )
    }

    /// Answers a message that brings its history, with plain text.
    @Sendable func stream(_ request: Request, context: ServiceContext) async throws -> Response {
        let prompt = try StreamRequest(await request.json(upTo: Self.bodyLimit)).prompt
        let follower = try conversations.ask(prompt)
        try await context.leaveWithClient(follower)
        let form = PlainTextForm(hasEndMarker: request.headers[.endMarker] == "1")
        return try await follower.response(in: form, headers: headers)
    }

    private var headers: HTTPFields { [.model: modelName] }
}

extension ServiceContext {
    /// Lets a follower go when the client of this request does.
    fileprivate func leaveWithClient(_ follower: GenerationFollower) async throws {
        try await clientPresence().whenGone { [weak follower] in follower?.leave() }
    }
}

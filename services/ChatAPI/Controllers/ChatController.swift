import Events
import HTTPTypes
import Hummingbird
import JSONText
import ModelStreaming
import ServiceKit

/// The routes that answer chat messages.
struct ChatController {
    let conversations: Conversations
    /// Which model answers; the page says so when it is none.
    let modelName: String

    /// The largest request, in bytes.
    let bodyLimit: Int

    func addRoutes(to api: RouterGroup<ServiceContext>) {
        api.post("chat", use: message)
        api.post("chat/stream", use: stream)
        api.post("chat/{id}/cancel", use: cancel)
        api.get("generations/{id}", use: follow)
    }

    /// Answers a message of a conversation that is kept here, or a conversation that comes whole.
    @Sendable func message(_ request: Request, context: ServiceContext) async throws -> Response {
        let json = try await request.json(upTo: bodyLimit)
        if let resumed = try await resumed(request, context) { return resumed }
        let (follower, isStreamed) = try await context.withStores { try await begin(json, context) }
        try await context.follow(follower)
        let form = EventForm(follower.generation)
        if isStreamed { return try await follower.response(in: form, headers: headers) }
        let answer = try await follower.answer()
        return .json(
            [
                "conversation_id": .string(form.conversation), "thread_id": .string(form.thread),
                "full_response": .string(answer.text), "timestamp": .string(Timestamp.now.text),
                "usage": answer.usage?.json ?? .null,
            ],
            headers: headers
        )
    }

    private func begin(
        _ json: JSON,
        _ context: ServiceContext
    ) async throws -> (GenerationFollower, isStreamed: Bool) {
        let owner = context.user ?? ""
        guard json.given("messages") == nil, json.given("chatId") == nil else {
            let asked = try ConversationRequest(json)
            let key = ConversationKey(id: asked.chat, owner: owner)
            let follower = try await conversations.ask(asked.conversation, in: key)
            return (follower, asked.isStreamed)
        }
        let message = try MessageRequest(json)
        let known = message.conversation ?? message.thread
        let conversation = known ?? conversations.store.newIdentifier()
        let follower = try await conversations.ask(
            message.message,
            in: ConversationKey(id: conversation, owner: owner),
            thread: message.thread ?? conversation,
            isNew: known == nil,
            system: message.system
        )
        return (follower, message.isStreamed)
    }

    /// Answers a message that brings its history, with plain text.
    @Sendable func stream(_ request: Request, context: ServiceContext) async throws -> Response {
        let prompt = try StreamRequest(await request.json(upTo: bodyLimit)).prompt
        let follower = try await conversations.ask(prompt, by: context.user ?? "")
        try await context.follow(follower)
        let form = PlainTextForm(hasEndMarker: request.headers[.endMarker] == "1")
        return try await follower.response(in: form, headers: headers)
    }

    /// Stops the answer that is being made in a conversation, or one answer by its id.
    @Sendable func cancel(_ request: Request, context: ServiceContext) async throws -> Response {
        let name = try context.parameters.require("id")
        try await context.withStores { try await conversations.cancel(name, by: context.user ?? "") }
        return .json(["cancelled": true], status: .accepted)
    }

    /// Sends an answer that was begun by another request, from the place that the client has reached.
    @Sendable func follow(_ request: Request, context: ServiceContext) async throws -> Response {
        if let resumed = try await resumed(request, context) { return resumed }
        guard let id = GenerationID(try context.parameters.require("id")) else { throw APIError.unknownGeneration }
        let start = GenerationPlace(id: id, place: .text(0))
        let follower = try await context.withStores { try await conversations.resume(start, by: context.user ?? "") }
        guard let follower else { throw APIError.unknownGeneration }
        try await context.follow(follower)
        return try await follower.response(in: EventForm(follower.generation), headers: headers)
    }

    /// The rest of an answer, where the client says how much of it it has.
    private func resumed(_ request: Request, _ context: ServiceContext) async throws -> Response? {
        guard let text = request.headers[.lastEventID], !text.isEmpty else { return nil }
        guard let place = GenerationPlace(text) else { throw APIError.unknownPlace }
        let follower = try await context.withStores { try await conversations.resume(place, by: context.user ?? "") }
        guard let follower else {
            // What tells a browser not to come back: html.spec.whatwg.org/multipage/server-sent-events.html
            return Response(status: .noContent)
        }
        try await context.follow(follower)
        return try await follower.response(in: EventForm(follower.generation), headers: headers, isResumed: true)
    }

    private var headers: HTTPFields { [.model: modelName] }
}

/// `POST /chat`: one question, one answer, and the same answer for everybody who asks the same while it is fresh.
struct QuestionController {
    let conversations: Conversations
    let modelName: String
    let bodyLimit: Int

    @Sendable func ask(_ request: Request, context: ServiceContext) async throws -> Response {
        let question = try QuestionRequest(await request.json(upTo: bodyLimit))
        let prompt = ChatPrompt(messages: [ChatMessage(role: .user, content: question.question)])
        let follower = try await conversations.ask(
            prompt,
            as: question.mayBeShared ? .answer(to: question.question) : .random(),
            by: context.user ?? ""
        )
        try await context.follow(follower)
        let form = QuestionForm(follower.generation)
        return try await follower.response(in: form, headers: [.model: modelName])
    }
}

extension ServiceContext {
    /// Lets a follower go when the client of this request does, and the client when it does not read.
    func follow(_ follower: GenerationFollower) async throws {
        try await clientPresence().whenGone { [weak follower] in follower?.leave() }
        follower.onDrop { [self] in dropClient() }
    }
}
